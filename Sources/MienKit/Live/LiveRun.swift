internal import Media
public import Outlets
public import Recognition
internal import Sessions
internal import Signal
internal import Threading

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
    /// What ended the recording before the session, or kept it from being closed; nil: nothing did.
    public var recordingFailure: (any Error)?
  }

  /// The stream's first line.
  public let header: SessionCreated
  public let devices: CaptureDevices
  private let setup: LiveSetup
  private let zero: Int64
  /// nil: nothing is recorded.
  private let recorded: RecordedSession?

  /// - Throws: where the recording cannot begin.
  init(_ setup: LiveSetup, _ devices: CaptureDevices, zero: Int64) throws {
    (self.setup, self.devices, self.zero) = (setup, devices, zero)
    header = SessionCreated(
      version: mienVersion, source: .init(devices.hub.devices, request: setup.request.capture),
      model: setup.model.summary, hop: setup.picture.schedule.hop, face: setup.request.face.rawValue, wall: wallTime(),
      zero: zero)
    let (manifest, link) = (
      SessionManifest(header, devices.hub.devices, framing: setup.model.framing, face: setup.request.face), setup.link
    )
    recorded = try setup.request.record.map { folder in
      try RecordedSession(
        folder: folder, manifest: manifest,
        onFailure: { link.say(.recording, .error, "recording has ended, the stream goes on: \($0)") })
    }
  }

  deinit { devices.stop() }

  /// Runs until `watch` or the duration ends it, or the files that play devices end. To be called once.
  /// - Parameters:
  ///   - recognizer: of the same model.
  ///   - outputs: get every event, in this order, after the recording; they are not finished.
  ///   - watch: asked ten times a second on the calling thread; a reason ends the session.
  public func run(
    _ recognizer: sending Recognizer, outputs: [any LiveOutput],
    watch: (CaptureDevices) -> SessionClosed.Reason? = { _ in nil }
  ) -> End {
    let (devices, picture, recorded) = (devices, setup.picture, recorded)
    let own: [any LiveOutput] = recorded.map { [SessionOutput($0)] } ?? []
    let all = own + outputs
    let ended = Latch()
    let session = LiveSession(
      header: header, recognizer: recognizer, wall: { wallTime() },
      losses: {
        let lost = picture.counters
        return LiveLosses(frames: lost.dropped + lost.broken, samples: devices.samplesDropped)
      },
      verdict: { recorded?.take($0) },
      sink: { event in
        all.receive(event)
        if case .closed = event { ended.set() }
      })
    setup.link.connect(session)
    picture.start(zero: zero)
    devices.hub.begin(receiver(session))
    let reason = wait(ended, watch)
    let stopped = MonotonicClock.now()
    devices.stop()
    picture.stop()
    session.stop(reason)
    let outcome = session.wait()
    // Otherwise the session and those who feed it would hold each other for ever.
    setup.link.disconnect()
    devices.hub.end()
    var end = End(outcome: outcome, duration: Double(stopped - zero) / 1e9)
    do { end.recordingFailure = try recorded?.close(outcome.closed, duration: end.duration) } catch {
      end.recordingFailure = error
    }
    return end
  }

  /// What takes the devices' frames, sound and reports while the session runs.
  private func receiver(_ session: LiveSession) -> CaptureHub.Receiver {
    let (picture, recorded) = (setup.picture, recorded)
    return CaptureHub.Receiver(
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
      })
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

/// From the picture thread and the recorder to the session, which is made after them.
final class SessionLink: Sendable {
  private let session = Guarded<LiveSession?>(nil)

  func connect(_ session: LiveSession) { self.session.withLock { $0 = session } }
  func disconnect() { session.withLock { $0 = nil } }

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

/// The session's own record of its stream. What does not fit into the recorder's queue is counted there.
private final class SessionOutput: LiveOutput {
  private let recorded: RecordedSession

  init(_ recorded: RecordedSession) { self.recorded = recorded }

  func receive(_ event: StreamEvent, _ line: () -> StreamLine) { recorded.line(line().bytes) }

  /// The recorder ends by itself, with the counts of the session.
  func finish() {}
}
