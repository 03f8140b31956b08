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
  public enum Action: Sendable {
    case emit(StreamEvent)
    /// Run the model, then call `answered`; the next one comes after that.
    case classify(Window<Crop>)
  }

  private enum State { case running, draining, over, closed }
  private struct InFlight {
    var result: EmotionResult
    var readyAt, startedAt: Int64
  }

  private let header: SessionCreated
  private let zero: Int64
  private let policy: LivePolicy
  private let wall: () -> String
  private var assembler: WindowAssembler<Crop>
  private var held: HeldPicture<Crop>
  private var tracker: StatusTracker
  private var video, audio: LiveTrack
  private var line: LiveLine<Crop>
  private var inFlight: InFlight?
  /// Windows that a failure of the model left without a line.
  private var left = 0
  private var state = State.running
  private var actions: [Action] = []
  private var reason = SessionClosed.Reason.endOfInput
  private var message: String?
  private var clockDue = Int64.min
  private var (windows, answers, slips) = (0, 0, 0)
  private var end = Instant.zero
  private var inference = LatencyHistogram()
  private var captureToEmit = LatencyHistogram()

  /// - Parameters:
  ///   - header: of a live source, with its `zero`; a nil camera or microphone: the session does without.
  ///   - wall: the wall clock's time as ISO 8601 in UTC, for `clock` lines.
  public init(header: SessionCreated, policy: LivePolicy = LivePolicy(), wall: @escaping () -> String) {
    guard let zero = header.zero else { preconditionFailure("a live session has a zero on the monotonic clock") }
    (self.header, self.zero, self.policy, self.wall) = (header, zero, policy, wall)
    let (hasVideo, hasAudio) = (header.source.camera != nil, header.source.microphone != nil)
    assembler = WindowAssembler(schedule: WindowSchedule(hop: header.hop), video: hasVideo, audio: hasAudio)
    held = HeldPicture(header.model.economy)
    tracker = StatusTracker(hasVideo: hasVideo, hasAudio: hasAudio, model: header.model, of: "session")
    video = LiveTrack(exists: hasVideo, lateness: policy.videoLateness, policy: policy)
    audio = LiveTrack(exists: hasAudio, lateness: policy.audioLateness, policy: policy)
    line = LiveLine(resultLimit: policy.waitingResults)
  }

  /// What is to be done, in order; each action is given once.
  public mutating func takeActions() -> [Action] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  /// Nothing is in flight and nothing waits after a stop or a failure: `close` is next.
  public var isOver: Bool { state == .over }

  /// What went through the windows so far.
  public var counters: WindowAssembler<Crop>.Counters { assembler.counters }

  /// Windows that got no line so far.
  public var skipped: Int { line.skipped + left }

  /// The first line.
  public mutating func start(now: Int64) {
    emit(.created(header))
    tick(now: now)
  }

  /// - Returns: whether windows can show it; false if its time has been passed.
  public mutating func receive(_ frame: FaceFrame<Crop>, now: Int64) -> Bool {
    guard state == .running else { return false }
    video.arrived(now: now)
    return assembler.receive(frame)
  }

  /// - Returns: whether windows can hear it; false if its time has been passed.
  public mutating func receive(_ sound: CapturedSound, now: Int64) -> Bool {
    guard state == .running else { return false }
    audio.arrived(now: now)
    slips += abs(sound.slip)
    return assembler.receive(sound.chunk(zero: zero))
  }

  /// Said at once, not with the next window.
  public mutating func device(_ device: LiveDevice, _ change: LiveDevice.Change, _ message: String, now: Int64) {
    guard state == .running || state == .draining else { return }
    switch device {
    case .camera: video.change(change, now: now)
    case .microphone: audio.change(change, now: now)
    }
    emit(.status(StreamStatus(device, change, message, start: media(now))))
  }

  /// A status line of somebody else's making: `low_frame_rate`, `stream`, `recording` and the like.
  public mutating func say(_ code: StreamStatus.Code, _ level: StreamStatus.Level, _ message: String, now: Int64) {
    guard state != .closed else { return }
    emit(.status(StreamStatus(code, level, message, start: media(now))))
  }

  /// Looks at what has come, and at the time.
  public mutating func tick(now: Int64) {
    guard state == .running || state == .draining else { return }
    if now >= clockDue {
      clockDue = now + policy.clockInterval
      emit(.clock(StreamClock(monotonic: now, wall: wall(), media: media(now))))
    }
    advance(now: now)
  }

  /// When to tick again if nothing comes before: a clock line, or the end of a track's patience.
  public var nextTick: Int64 {
    guard state == .running else { return clockDue }
    let (frame, sound) = targets
    return min(clockDue, dueForVideo(frame) ?? .max, dueForAudio(sound) ?? .max)
  }

  /// The model's answer to the window in flight.
  /// - Parameter milliseconds: what the model took.
  public mutating func answered(_ answer: Result<Estimate?, any Error>, milliseconds: Double, now: Int64) {
    guard var flight = inFlight else { return }
    inFlight = nil
    switch answer {
    case .success(let estimate):
      flight.result.estimate = estimate
      if estimate != nil {
        flight.result.inferenceMilliseconds = milliseconds
        inference.add(milliseconds: milliseconds)
        answers += 1
      }
      say(flight.result, behind: flight.startedAt - flight.readyAt, now: now)
      advance(now: now)
    case .failure(let error):
      // This window and those behind it get no line.
      left = 1 + line.waiting
      (reason, message, state) = (.error, "\(error)", .over)
    }
  }

  /// Nothing follows. Windows that are complete are still answered (`LivePolicy.windowsAfterStop`); then `isOver`.
  public mutating func stop(_ reason: SessionClosed.Reason, now: Int64) {
    guard state == .running else { return }
    self.reason = reason
    // The tracks' end tells how far the last window can go, and a session shorter than a window has one all the same.
    assembler.endVideo()
    assembler.endAudio()
    state = .draining
    advance(now: now)
  }

  /// The last line, once `isOver`.
  /// - Parameter losses: what never came here.
  public mutating func close(losses: LiveLosses, now: Int64) -> SessionClosed {
    precondition(isOver, "the session still has windows to answer")
    state = .closed
    let counters = assembler.counters
    var counts = SessionClosed.Counts(counters)
    counts.framesIn += losses.frames
    var live = SessionClosed.Live()
    (live.framesDroppedInside, live.framesLate) = (losses.frames, counters.framesLate)
    (live.soundLate, live.soundDropped, live.slips) = (counters.chunksLate, losses.samples, slips)
    (live.captureToEmitMedian, live.captureToEmit95) = (captureToEmit.percentile(0.5), captureToEmit.percentile(0.95))
    var closed = SessionClosed(
      reason: reason, message: message, windows: windows, answered: answers, skipped: skipped, counts: counts,
      end: end, median: inference.percentile(0.5), percentile95: inference.percentile(0.95),
      speed: now > zero ? end.seconds / (Double(now - zero) / 1e9) : nil)
    closed.live = live
    emit(.closed(closed))
    return closed
  }

  private mutating func emit(_ event: StreamEvent) { actions.append(.emit(event)) }

  /// The session's time; what happens before its zero happens at zero.
  private func media(_ now: Int64) -> Instant { Instant(nanoseconds: max(now - zero, 0)) }

  /// Takes windows out, passing tracks that have had their time, and sends them on.
  private mutating func advance(now: Int64) {
    repeat {
      while let window = assembler.next() { line(up: held.take(window), now: now) }
    } while state == .running && passTracks(now: now)
    flush(now: now)
    if state == .draining, inFlight == nil, line.isEmpty { state = .over }
  }

  /// What the next window needs of both tracks. Somebody must be known to reach its end, so without sound that is the
  /// picture.
  private var targets: (frame: Instant, sound: Instant) {
    let wanted = assembler.wanted
    return (audio.isAbsent ? max(wanted.frame, wanted.sound) : wanted.frame, wanted.sound)
  }

  private func dueForVideo(_ target: Instant) -> Int64? {
    if let newest = assembler.newest.frame, newest > target { return nil }
    return video.due(target, zero: zero)
  }

  private func dueForAudio(_ target: Instant) -> Int64? {
    if let newest = assembler.newest.sound, newest >= target { return nil }
    return audio.due(target, zero: zero)
  }

  /// - Returns: whether a track was passed.
  private mutating func passTracks(now: Int64) -> Bool {
    let (frame, sound) = targets
    var moved = false
    if let due = dueForVideo(frame), now >= due {
      video.pass(to: frame)
      assembler.passVideo(to: frame)
      moved = true
    }
    if let due = dueForAudio(sound), now >= due {
      audio.pass(to: sound)
      assembler.passAudio(to: sound)
      moved = true
    }
    return moved
  }

  private mutating func line(up window: Window<Crop>, now: Int64) {
    let model = header.model
    let result = EmotionResult(window: window, estimate: nil, model: model, inferenceMilliseconds: nil)
    if model.needsVideo && !result.videoUsed || model.needsAudio && !result.audioUsed {
      line.append(result, readyAt: now)
    } else {
      line.append(window, result, readyAt: now, limit: state == .running ? 1 : policy.windowsAfterStop)
    }
    // The model may be free for the older of two windows that came at once.
    flush(now: now)
  }

  /// Sends lines on until one needs the model.
  private mutating func flush(now: Int64) {
    while inFlight == nil, let item = line.removeFirst() {
      switch item {
      case .result(let result, let readyAt): say(result, behind: now - readyAt, now: now)
      case .skipped(let range, let start):
        let which =
          range.count == 1 ? "window \(range.lowerBound)" : "windows \(range.lowerBound) to \(range.upperBound)"
        emit(
          .status(
            StreamStatus(
              .behind, .warning, "the model is slower than the hop: \(which) skipped", start: start, sequences: range)))
      case .window(let window, let result, let readyAt):
        inFlight = InFlight(result: result, readyAt: readyAt, startedAt: now)
        actions.append(.classify(window))
      }
    }
  }

  private mutating func say(_ result: EmotionResult, behind: Int64, now: Int64) {
    var result = result
    let late = Double(max(now - zero - result.end.nanoseconds, 0)) / 1e6
    result.live = .init(behind: Double(max(behind, 0)) / 1e6, captureToEmit: late)
    for status in tracker.receive(result) { emit(.status(status)) }
    captureToEmit.add(milliseconds: late)
    windows += 1
    end = result.end
    emit(.result(result))
  }
}
