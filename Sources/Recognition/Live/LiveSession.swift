public import Signal
internal import Threading

/// The two threads of a live session: one keeps `LiveCore`, the other runs the model. They carry and decide nothing.
///
/// Any thread may hand things over. Capture is never held up: only `frame` may wait, for the thread that follows faces.
public final class LiveSession: @unchecked Sendable {
  // @unchecked because `core`, `closed` and `failure` belong to the session thread until it has been joined, the
  // recogniser to the model thread; the rest are queues.

  /// How a session ended, for the command's exit code.
  public struct Outcome: Sendable {
    public var closed: SessionClosed
    /// What ended the session early, if something did.
    public var failure: (any Error)?
  }

  /// Whether windows can see or hear what was handed over. In the order of handing over; before any event that used it.
  /// A chunk that gets none (a later one has its verdict) was not heard.
  public enum Verdict: Sendable {
    /// The frame's index and faces, the one in front first, and when the next one came if that was known when the faces
    /// were cut out.
    case frame(index: Int, faces: [FollowedFace], next: Instant?, accepted: Bool)
    case sound(id: Int, accepted: Bool)
  }

  private let inbox = LiveInbox()
  private let jobs = BoundedQueue<WindowQuestion<FaceCrop>>(capacity: 1, policy: .wait)
  private var core: LiveCore<FaceCrop>
  private let recognizer: Recognizer
  private let losses: @Sendable () -> LiveLosses
  private let verdict: @Sendable (Verdict) -> Void
  private let sink: @Sendable (StreamEvent) -> Void
  private var threads: [NamedThread] = []
  private var closed: SessionClosed?
  private var failure: (any Error)?

  /// Starts both threads; the sink gets the first line at once.
  ///
  /// - Parameters:
  ///   - header: of a live source, with its `zero`; a nil camera or microphone: the session does without.
  ///   - people: who gets a line in a window with several people.
  ///   - policy: how long it waits, and for what.
  ///   - recognizer: belongs to the session from now on.
  ///   - wall: the wall clock's time as ISO 8601 in UTC.
  ///   - losses: what the queues ahead have lost, asked for once when the session closes.
  ///   - verdict: is told what became of every frame and chunk, on the session thread; it must not block.
  ///   - sink: gets every event in order, on the session thread; it must not block.
  public init(
    header: SessionCreated, people: AnsweredPeople = .front, policy: LivePolicy = LivePolicy(),
    recognizer: sending Recognizer, wall: @escaping @Sendable () -> String,
    losses: @escaping @Sendable () -> LiveLosses,
    verdict: @escaping @Sendable (Verdict) -> Void, sink: @escaping @Sendable (StreamEvent) -> Void
  ) {
    core = LiveCore(header: header, people: people, policy: policy, wall: wall)
    (self.recognizer, self.losses, self.verdict, self.sink) = (recognizer, losses, verdict, sink)
    threads = [NamedThread("mien-session") { self.run() }, NamedThread("mien-model") { self.answer() }]
  }

  /// A frame in which faces have been looked for. Waits while too many wait.
  /// - Returns: false once the session stops.
  @discardableResult
  public func frame(_ frame: FaceFrame<FaceCrop>) -> Bool { inbox.push(frame) }

  /// Never waits; with too much waiting the oldest is dropped and counted.
  /// - Parameters:
  ///   - sound: the next chunk of the microphone.
  ///   - id: comes back with the verdict.
  /// - Returns: false once the session stops.
  @discardableResult
  public func sound(_ sound: CapturedAudio, id: Int) -> Bool { inbox.push(sound, id: id) }

  /// Said at once, and windows wait for the device accordingly.
  public func device(_ device: LiveDevice, _ change: LiveDevice.Change, _ message: String) {
    inbox.push(.device(device, change, message))
  }

  /// A status line of another kind, such as `low_frame_rate` or `stream`.
  public func say(_ code: StreamStatus.Code, _ level: StreamStatus.Level, _ message: String) {
    inbox.push(.status(code, level, message))
  }

  /// What was handed over before is still used, and complete windows are answered. Comes back at once.
  public func stop(_ reason: SessionClosed.Reason) { inbox.stop(reason) }

  /// Waits for the session's end, by `stop` or a failure of the model; to be called once.
  public func wait() -> Outcome {
    for thread in threads { thread.join() }
    threads = []
    // Non-nil, because the session thread ends with closing only.
    return Outcome(closed: closed!, failure: failure)
  }

  private func run() {
    core.start(now: MonotonicClock.now())
    act()
    while !core.isOver {
      let batch = inbox.take(until: core.nextTick)
      let now = MonotonicClock.now()
      for frame in batch.frames {
        let next =
          frame.duration > .zero
          ? Instant(nanoseconds: frame.time.nanoseconds + frame.duration.nanoseconds) : nil
        let faces = frame.faces.map(\.followed)
        verdict(.frame(index: frame.index, faces: faces, next: next, accepted: core.receive(frame, now: now)))
      }
      for (id, sound) in batch.sounds { verdict(.sound(id: id, accepted: core.receive(sound, now: now))) }
      for message in batch.messages {
        switch message {
        case .device(let device, let change, let text): core.device(device, change, text, now: now)
        case .status(let code, let level, let text): core.say(code, level, text, now: now)
        }
      }
      if let answer = batch.answer {
        if case .failure(let error) = answer.outputs { failure = error }
        core.answered(answer.outputs, milliseconds: answer.milliseconds, now: now)
      }
      core.tick(now: now)
      if let reason = batch.stop { core.stop(reason, now: now) }
      act()
    }
    // After a failure nobody stopped it; whoever brings frames must not wait for ever.
    inbox.stop(.error)
    if inbox.lost.messages > 0 {
      core.say(.stream, .warning, "\(inbox.lost.messages) status lines were dropped", now: MonotonicClock.now())
    }
    var losses = losses()
    losses.samples += inbox.lost.samples
    closed = core.close(losses: losses, now: MonotonicClock.now())
    act()
    jobs.close()
  }

  private func act() {
    for action in core.takeActions() {
      switch action {
      case .emit(let event): sink(event)
      case .classify(let question): jobs.push(question)
      }
    }
  }

  private func answer() {
    while case .element(let question) = jobs.pop() {
      let before = MonotonicClock.now()
      let outputs = Result { try recognizer.outputs(question) }
      inbox.push(.init(outputs: outputs, milliseconds: Double(MonotonicClock.now() - before) / 1e6))
    }
  }
}
