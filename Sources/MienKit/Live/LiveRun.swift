internal import Carriers
public import Media
public import Outlets
public import Recognition
package import Sessions
public import Signal

/// One live session whose devices are open: devices, picture thread, recogniser, outputs and the recording, wired to each
/// other.
///
/// Frames and samples go from the devices to the windows on the session's own threads. Whoever runs it sees the stream's
/// events only.
public final class LiveRun {
  /// How it ended.
  public struct End: Sendable {
    public var outcome: LiveSession.Outcome
    /// Seconds from the session's zero to the end of capture; windows are still answered after that.
    public var duration: Double
  }

  /// The stream's first line.
  public let header: SessionCreated
  public let devices: CaptureDevices
  private let setup: LiveSetup
  private let zero: Int64

  init(_ setup: LiveSetup, _ devices: CaptureDevices, zero: Int64) {
    (self.setup, self.devices, self.zero) = (setup, devices, zero)
    header = SessionCreated(
      version: mienVersion, source: .init(devices.hub.devices, request: setup.request.capture),
      model: setup.model.summary, hop: setup.picture.schedule.hop, face: setup.request.face.rawValue, wall: wallTime(),
      zero: zero)
  }

  deinit { devices.stop() }

  /// The manifest of a session folder that records it.
  package var manifest: SessionManifest {
    SessionManifest(header, devices.hub.devices, framing: setup.model.framing, face: setup.request.face)
  }

  /// What says a status line in the stream, from any thread.
  package var link: SessionLink { setup.link }

  /// Runs until `watch` or the duration ends it, or the files that play devices end. To be called once.
  /// - Parameters:
  ///   - recognizer: of the same model.
  ///   - outputs: get every event, in this order; they are not finished.
  ///   - recorder: gets what is captured and what becomes of it; nil: nothing is recorded.
  ///   - watch: asked ten times a second on the calling thread; a reason ends the session.
  public func run(
    _ recognizer: sending Recognizer, outputs: [any LiveOutput], recorder: (any LiveRecorder)? = nil,
    watch: (CaptureDevices) -> SessionClosed.Reason? = { _ in nil }
  ) -> End {
    let (devices, picture) = (devices, setup.picture)
    let ended = Latch()
    let session = LiveSession(
      header: header, recognizer: recognizer, wall: { wallTime() },
      losses: {
        let lost = picture.counters
        return LiveLosses(frames: lost.dropped + lost.broken, samples: devices.samplesDropped)
      },
      verdict: { recorder?.take($0) },
      sink: { event in
        outputs.receive(event)
        if case .closed = event { ended.set() }
      })
    link.connect(session)
    picture.start(zero: zero)
    devices.hub.begin(
      CaptureHub.Receiver(
        frame: { frame in
          recorder?.frame(frame)
          picture.push(frame)
        },
        sound: { sound in session.sound(sound, id: recorder?.heard(sound) ?? 0) },
        report: { device, report in
          switch report {
          case .change(let change, let message):
            if device == .camera, change == .lost || change == .frozen { picture.cameraLost() }
            session.device(device, change, message)
          case .status(let code, let level, let message): session.say(code, level, message)
          case .ended: session.device(device, .lost, "the file that played this device is at its end")
          }
        }))
    let reason = wait(ended, watch)
    let stopped = MonotonicClock.now()
    devices.stop()
    picture.stop()
    session.stop(reason)
    return End(outcome: session.wait(), duration: Double(stopped - zero) / 1e9)
  }

  /// Looks ten times a second whether it is time to stop.
  private func wait(_ ended: Latch, _ watch: (CaptureDevices) -> SessionClosed.Reason?) -> SessionClosed.Reason {
    let deadline = setup.request.duration.map { zero + Int64($0 * 1e9) }
    while true {
      if let reason = watch(devices) { return reason }
      if ended.isSet || devices.hasEnded { return .endOfInput }
      let now = MonotonicClock.now()
      if let deadline, now >= deadline { return .endOfInput }
      MonotonicClock.wait(until: min(now + 100_000_000, deadline ?? .max))
    }
  }
}

/// Keeps what a live session captured, and what became of it. None of these may wait.
public protocol LiveRecorder: AnyObject, Sendable {
  /// A frame as it was captured.
  func frame(_ frame: CapturedFrame)
  /// Sound as it was captured.
  /// - Returns: the number under which its verdict comes.
  func heard(_ sound: CapturedSound) -> Int
  /// Whether the windows could see or hear it.
  func take(_ verdict: LiveSession.Verdict)
}

/// From the picture thread and the recorder to the session, which is made after them.
package final class SessionLink: Sendable {
  private let session = Guarded<LiveSession?>(nil)

  func connect(_ session: LiveSession) { self.session.withLock { $0 = session } }

  /// Waits while the session has too much to do.
  func frame(_ frame: FaceFrame<FaceCrop>) {
    let session = session.withLock { $0 }
    session?.frame(frame)
  }

  package func say(_ code: StreamStatus.Code, _ level: StreamStatus.Level, _ message: String) {
    let session = session.withLock { $0 }
    session?.say(code, level, message)
  }
}

extension RecordedSession: LiveRecorder {}
