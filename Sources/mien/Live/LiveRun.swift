import Carriers
import Media
import Outlets
import Recognition
import Signal

/// One live session: devices, picture thread, recogniser, outputs and the recording, wired to each other.
struct LiveRun {
  var devices: CaptureDevices
  var header: SessionCreated
  var picture: LivePicture
  /// Where the picture thread and the recorder find the session.
  var link: SessionLink
  var outputs: LiveOutputs
  var recorded: RecordedSession?

  /// Runs until somebody stops it, the files end, or nobody reads.
  /// - Returns: how it ended, and when capture stopped (monotonic nanoseconds): windows are still answered after that.
  func run(_ recognizer: sending Recognizer) -> (outcome: LiveSession.Outcome, stopped: Int64) {
    // Non-nil, because a live header has its zero.
    let zero = header.zero!
    let (devices, picture, outputs, recorded) = (devices, picture, outputs, recorded)
    let ended = Latch()
    let session = LiveSession(
      header: header, recognizer: recognizer, wall: { wallTime() },
      losses: {
        let lost = picture.counters
        return LiveLosses(frames: lost.dropped + lost.broken, samples: devices.samplesDropped)
      },
      verdict: { recorded?.take($0) },
      sink: { event in
        outputs.receive(event)
        if case .closed = event { ended.set() }
      })
    link.connect(session)
    picture.start(zero: zero)
    devices.hub.begin(
      CaptureHub.Receiver(
        frame: { frame in
          recorded?.frame(frame)
          picture.push(frame)
        },
        sound: { sound in session.sound(sound, id: recorded?.heard(sound) ?? 0) },
        report: { device, report in
          switch report {
          case .change(let change, let message):
            if device == .camera, change == .lost || change == .frozen { picture.cameraLost() }
            session.device(device, change, message)
          case .status(let code, let level, let message): session.say(code, level, message)
          case .ended: session.device(device, .lost, "the file that played this device is at its end")
          }
        }))
    let reason = wait(zero: zero, ended)
    let stopped = MonotonicClock.now()
    devices.stop()
    picture.stop()
    session.stop(reason)
    return (session.wait(), stopped)
  }

  /// Looks ten times a second whether it is time to stop.
  private func wait(zero: Int64, _ ended: Latch) -> SessionClosed.Reason {
    let deadline = devices.options.duration.map { zero + Int64($0 * 1e9) }
    while true {
      if let reason = Interruption.reason { return reason }
      if ended.isSet || outputs.closing != nil || devices.hasEnded { return .endOfInput }
      let now = MonotonicClock.now()
      if let deadline, now >= deadline { return .endOfInput }
      outputs.show(.init(framesPerSecond: devices.measuredRate, framesDropped: devices.framesDropped))
      MonotonicClock.wait(until: min(now + 100_000_000, deadline ?? .max))
    }
  }
}

/// From the picture thread and the recorder to the session, which is made after them.
final class SessionLink: Sendable {
  private let session = Guarded<LiveSession?>(nil)

  func connect(_ session: LiveSession) { self.session.withLock { $0 = session } }

  /// Waits while the session has too much to do.
  func frame(_ frame: FaceFrame<FaceCrop>) {
    let session = session.withLock { $0 }
    session?.frame(frame)
  }

  func say(_ code: StreamStatus.Code, _ level: StreamStatus.Level, _ message: String) {
    let session = session.withLock { $0 }
    session?.say(code, level, message)
  }
}
