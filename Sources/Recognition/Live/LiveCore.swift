public import Signal

/// A live session without its threads: what comes in, with the time, goes in; what to do comes out as actions.
///
/// Nothing here waits, and time (nanoseconds of CLOCK_MONOTONIC) is passed in, so that every fault and hours of it can be
/// played through in milliseconds. Hand over frames, sounds and reports, then `tick`, then carry out `takeActions()`; tick
/// again when `nextTick` comes.
///
/// - Every window gets a line: a result, or a place in the range of a `behind` status.
/// - Windows wait for a device as `LivePolicy` says; then the track is passed, and what comes late is refused.
/// - At most one window is in flight; a newer one takes the place of the one that waits.
public struct LiveCore<Crop: Sendable> {
  /// What the caller is to do.
  public enum Action: Sendable {
    case emit(StreamEvent)
    /// Run the model, then call `answered`; the next one comes after that.
    case classify(WindowQuestion<Crop>)
  }

  private enum State {
    case running
    /// Nothing comes any more, and windows that are complete are still answered.
    case draining(SessionClosed.Reason)
    case over(Ending)
    case closed(Ending)
  }

  private struct Ending {
    var reason: SessionClosed.Reason
    /// What failed, and the windows that got no line because of that.
    var message: String?
    var unanswered = 0
  }

  /// The window that the model works on.
  private struct InFlight {
    var window: PendingWindow
    var readyAt, startedAt: Int64
  }

  private let header: SessionCreated
  private let zero: Int64
  private let policy: LivePolicy
  private let wall: () -> String
  private var assembler: WindowAssembler<Crop>
  private var answers: WindowAnswers<Crop>
  private var tracks: LiveTracks
  private var line: WindowQueue<Crop>
  private var inFlight: InFlight?
  private var state = State.running
  private var actions: [Action] = []
  private var clockDue = Int64.min
  private var slips = 0

  /// - Parameters:
  ///   - header: of a live source, with its `zero`; a nil camera or microphone: the session does without.
  ///   - people: who gets a line in a window with several people.
  ///   - policy: how long it waits, and for what.
  ///   - wall: the wall clock's time as ISO 8601 in UTC, for `clock` lines.
  public init(
    header: SessionCreated, people: AnsweredPeople = .front, policy: LivePolicy = LivePolicy(),
    wall: @escaping () -> String
  ) {
    guard let zero = header.zero else { preconditionFailure("a live session has a zero on the monotonic clock") }
    (self.header, self.zero, self.policy, self.wall) = (header, zero, policy, wall)
    let (hasVideo, hasAudio) = (header.source.camera != nil, header.source.microphone != nil)
    assembler = WindowAssembler(
      schedule: WindowSchedule(hop: header.hop), video: hasVideo, audio: hasAudio, evidence: header.model.evidence)
    answers = WindowAnswers(
      model: header.model, hasVideo: hasVideo, hasAudio: hasAudio, of: "session", people: people)
    tracks = LiveTracks(hasVideo: hasVideo, hasAudio: hasAudio, zero: zero, policy: policy)
    line = WindowQueue(resultLimit: policy.waitingResults)
  }

  /// What is to be done, in order; each action is given once.
  public mutating func takeActions() -> [Action] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  /// Nothing is in flight and nothing waits after a stop or a failure: `close` is next.
  public var isOver: Bool { if case .over = state { true } else { false } }

  /// What went through the windows so far.
  public var counters: WindowAssembler<Crop>.Counters { assembler.counters }

  /// Windows that got no line so far.
  public var skipped: Int {
    switch state {
    case .running, .draining: line.skipped
    case .over(let ending), .closed(let ending): line.skipped + ending.unanswered
    }
  }

  private var isRunning: Bool { if case .running = state { true } else { false } }

  /// Whether windows still get lines.
  private var isAnswering: Bool {
    switch state {
    case .running, .draining: true
    case .over, .closed: false
    }
  }

  /// The first line.
  public mutating func start(now: Int64) {
    emit(.created(header))
    tick(now: now)
  }

  /// - Returns: whether windows can show it; false if its time has been passed.
  public mutating func receive(_ frame: FaceFrame<Crop>, now: Int64) -> Bool {
    guard isRunning else { return false }
    tracks.video.arrived(now: now)
    return assembler.receive(frame)
  }

  /// - Returns: whether windows can hear it; false if its time has been passed.
  public mutating func receive(_ sound: CapturedAudio, now: Int64) -> Bool {
    guard isRunning else { return false }
    tracks.audio.arrived(now: now)
    slips += abs(sound.slip)
    return assembler.receive(sound.chunk(zero: zero))
  }

  /// Said at once, not with the next window.
  public mutating func device(_ device: LiveDevice, _ change: LiveDevice.Change, _ message: String, now: Int64) {
    guard isAnswering else { return }
    switch device {
    case .camera: tracks.video.change(change, now: now)
    case .microphone: tracks.audio.change(change, now: now)
    }
    emit(.status(StreamStatus(device, change, message, start: media(now))))
  }

  /// A status line of somebody else's making: `low_frame_rate`, `stream`, `recording` and the like.
  public mutating func say(_ code: StreamStatus.Code, _ level: StreamStatus.Level, _ message: String, now: Int64) {
    if case .closed = state { return }
    emit(.status(StreamStatus(code, level, message, start: media(now))))
  }

  /// Looks at what has come, and at the time.
  public mutating func tick(now: Int64) {
    guard isAnswering else { return }
    if now >= clockDue {
      clockDue = now + policy.clockInterval
      emit(.clock(StreamClock(monotonic: now, wall: wall(), media: media(now))))
    }
    advance(now: now)
  }

  /// When to tick again if nothing comes before: a clock line, or the end of a track's patience.
  public var nextTick: Int64 {
    guard isRunning else { return clockDue }
    let due = tracks.due(wanted: assembler.wanted, newest: assembler.newest)
    return min(clockDue, due.video?.at ?? .max, due.audio?.at ?? .max)
  }

  /// The model's answer to the question in flight.
  /// - Parameters:
  ///   - outputs: of the question's parts, in their order.
  ///   - milliseconds: what the model took.
  ///   - now: nanoseconds of CLOCK_MONOTONIC.
  public mutating func answered(_ outputs: Result<[[Float]], any Error>, milliseconds: Double, now: Int64) {
    guard let flight = inFlight else { return }
    inFlight = nil
    switch outputs {
    case .success(let outputs):
      say(flight.window, outputs, milliseconds, behind: flight.startedAt - flight.readyAt, now: now)
      advance(now: now)
    case .failure(let error):
      // This window and those behind it get no line.
      state = .over(Ending(reason: .error, message: "\(error)", unanswered: 1 + line.waiting))
    }
  }

  /// Nothing follows. Windows that are complete are still answered (`LivePolicy.windowsAfterStop`); then `isOver`.
  public mutating func stop(_ reason: SessionClosed.Reason, now: Int64) {
    guard isRunning else { return }
    // The tracks' end tells how far the last window can go, and a session shorter than a window has one all the same.
    assembler.endVideo()
    assembler.endAudio()
    state = .draining(reason)
    advance(now: now)
  }

  /// The last line, once `isOver`.
  /// - Parameters:
  ///   - losses: what never came here.
  ///   - now: nanoseconds of CLOCK_MONOTONIC.
  public mutating func close(losses: LiveLosses, now: Int64) -> SessionClosed {
    guard case .over(let ending) = state else { preconditionFailure("the session still has windows to answer") }
    state = .closed(ending)
    let counters = assembler.counters
    var counts = SessionClosed.Counts(counters)
    counts.framesIn += losses.frames
    var live = SessionClosed.Live()
    (live.framesDroppedInside, live.framesLate) = (losses.frames, counters.framesLate)
    (live.audioLate, live.audioDropped, live.slips) = (counters.chunksLate, losses.samples, slips)
    let closed = answers.closed(
      ending.reason, message: ending.message, skipped: skipped, counts: counts, wallSeconds: Double(now - zero) / 1e9,
      live: live)
    emit(.closed(closed))
    return closed
  }

  private mutating func emit(_ event: StreamEvent) { actions.append(.emit(event)) }

  /// The session's time; what happens before its zero happens at zero.
  private func media(_ now: Int64) -> Instant { Instant(nanoseconds: max(now - zero, 0)) }

  /// Takes windows out, passing tracks that have had their time, and sends them on.
  private mutating func advance(now: Int64) {
    repeat {
      while let window = assembler.next() { line(up: window, now: now) }
    } while isRunning && passTracks(now: now)
    flush(now: now)
    if case .draining(let reason) = state, inFlight == nil, line.isEmpty { state = .over(Ending(reason: reason)) }
  }

  /// - Returns: whether a track was passed.
  private mutating func passTracks(now: Int64) -> Bool {
    let passed = tracks.pass(wanted: assembler.wanted, newest: assembler.newest, now: now)
    if let target = passed.video { assembler.passVideo(to: target) }
    if let target = passed.audio { assembler.passAudio(to: target) }
    return passed.video != nil || passed.audio != nil
  }

  private mutating func line(up window: Window<Crop>, now: Int64) {
    let (pending, question) = answers.take(window)
    if let question {
      line.append(pending, question, readyAt: now, limit: isRunning ? 1 : policy.windowsAfterStop)
    } else {
      line.append(pending, readyAt: now)
    }
    // The model may be free for the older of two windows that came at once.
    flush(now: now)
  }

  /// Sends lines on until one needs the model.
  private mutating func flush(now: Int64) {
    while inFlight == nil, let item = line.removeFirst() {
      switch item {
      case .ready(let window, let readyAt): say(window, [], nil, behind: now - readyAt, now: now)
      case .skipped(let range, let start):
        let which =
          range.count == 1 ? "window \(range.lowerBound)" : "windows \(range.lowerBound) to \(range.upperBound)"
        emit(
          .status(
            StreamStatus(
              .behind, .warning, "the model is slower than the hop: \(which) skipped", start: start, sequences: range)))
      case .question(let window, let question, let readyAt):
        inFlight = InFlight(window: window, readyAt: readyAt, startedAt: now)
        actions.append(.classify(question))
      }
    }
  }

  /// - Parameters:
  ///   - outputs: of the parts of the question, and what the model took for them.
  ///   - behind: nanoseconds for which the window waited for the model.
  private mutating func say(
    _ window: PendingWindow, _ outputs: [[Float]], _ milliseconds: Double?, behind: Int64, now: Int64
  ) {
    let late = Double(max(now - zero - window.end.nanoseconds, 0)) / 1e6
    for status in answers.announce(window) { emit(.status(status)) }
    let live = EmotionResult.LiveLatency(behind: Double(max(behind, 0)) / 1e6, captureToEmit: late)
    for line in answers.answer(window, outputs: outputs, milliseconds: milliseconds, live: live) { emit(.result(line)) }
  }
}
