internal import Signal

/// The pull loop: reads whichever track the windows wait for, lets the model answer, and hands events to a sink.
///
/// One thread, no queue: reading stops while the model works, so memory does not grow and no window is skipped. Knows
/// neither files nor terminals.
public final class ReplaySession {
  /// How a session ended, for the command's exit code.
  public struct Outcome {
    public var closed: SessionClosed
    /// What could not be read, one sentence each.
    public var damage: [String]
    /// What ended the session early, if something did.
    public var failure: (any Error)?
  }

  private let header: SessionCreated
  private let source: any ReplaySource
  private let recognizer: Recognizer
  private let clock: any SessionClock
  private let speed: Double?
  private let stop: () -> SessionClosed.Reason?
  private let sink: (StreamEvent) throws -> Void

  private var assembler: WindowAssembler<FaceCrop>
  private var held: HeldPicture<FaceCrop>
  private var tracker: StatusTracker
  private var latencies = LatencyHistogram()
  private var (windows, answered, saidDamage) = (0, 0, 0)
  private var end = Instant.zero
  private var began: Int64 = 0

  /// - Parameters:
  ///   - speed: seconds of the recording a second, from the session's begin; nil: as fast as it goes.
  ///   - stop: asked between windows and reads; a reason ends the session.
  ///   - sink: gets every event in order; what it throws ends the session at once.
  public init(
    header: SessionCreated, source: any ReplaySource, recognizer: Recognizer, speed: Double? = nil,
    clock: any SessionClock, stop: @escaping () -> SessionClosed.Reason? = { nil },
    sink: @escaping (StreamEvent) throws -> Void
  ) {
    precondition(speed.map { $0 > 0 } ?? true, "the speed must be positive")
    (self.header, self.source, self.recognizer) = (header, source, recognizer)
    (self.speed, self.clock, self.stop, self.sink) = (speed, clock, stop, sink)
    let (video, audio) = (source.hasVideo, source.hasAudio)
    assembler = WindowAssembler(schedule: WindowSchedule(hop: header.hop), video: video, audio: audio)
    held = HeldPicture(recognizer.model.economy)
    tracker = StatusTracker(hasVideo: video, hasAudio: audio, model: recognizer.model)
  }

  /// Runs to the end of the recording, a stop, or a failure; the last event is `session.closed` in each case.
  /// - Throws: only what the sink throws.
  public func run() throws -> Outcome {
    began = clock.now()
    try sink(.created(header))
    var reason: SessionClosed.Reason?
    var failure: (any Error)?
    var (videoOpen, audioOpen) = (source.hasVideo, source.hasAudio)
    if !videoOpen { endVideo() }
    if !audioOpen { endAudio() }

    while true {
      reason = stop()
      if reason != nil { break }
      try sayDamage()
      if let window = assembler.next() {
        if let error = try answer(held.take(window)) {
          failure = error
          break
        }
        continue
      }
      guard videoOpen || audioOpen else { break }
      do {
        if videoOpen && (assembler.wantsVideo || !audioOpen) {
          if let frame = try source.nextFrame() {
            assembler.receive(frame)
          } else {
            videoOpen = false
            if source.videoHasEnded { endVideo() }
          }
        } else if let chunk = try source.nextChunk() {
          assembler.receive(chunk)
        } else {
          audioOpen = false
          if source.audioHasEnded { endAudio() }
        }
      } catch {
        // What was read is still worth its windows.
        failure = error
        if videoOpen { endVideo() }
        if audioOpen { endAudio() }
        (videoOpen, audioOpen) = (false, false)
      }
    }

    try sayDamage()
    let closed = close(reason: reason, failure: failure)
    try sink(.closed(closed))
    return Outcome(closed: closed, damage: source.damage, failure: failure)
  }

  /// Says what changed, then the result; gives back what the model threw.
  private func answer(_ window: Window<FaceCrop>) throws -> (any Error)? {
    if let speed {
      // A time that no clock reaches is as good as any later one.
      let due = Int64(min(Double(began) + Double(window.end.nanoseconds) / speed, 9e18))
      while clock.now() < due, stop() == nil { clock.wait(until: due) }
      // The result of a window that was not waited for is not printed early.
      if stop() != nil { return nil }
    }
    var result = EmotionResult(window: window, estimate: nil, model: recognizer.model, inferenceMilliseconds: nil)
    for status in tracker.receive(result) { try sink(.status(status)) }
    let before = clock.now()
    do { result.estimate = try recognizer.estimate(window) } catch { return error }
    if result.estimate != nil {
      let taken = Double(clock.now() - before) / 1e6
      result.inferenceMilliseconds = taken
      latencies.add(milliseconds: taken)
      answered += 1
    }
    windows += 1
    end = window.end
    try sink(.result(result))
    return nil
  }

  private func endVideo() {
    if let end = source.end { assembler.passVideo(to: end) }
    assembler.endVideo()
  }

  private func endAudio() {
    if let end = source.end { assembler.passAudio(to: end) }
    assembler.endAudio()
  }

  /// One status line for each piece of damage that the source found since the last time.
  private func sayDamage() throws {
    let found = source.damage
    guard found.count > saidDamage else { return }
    for message in found[saidDamage...] { try sink(.status(StreamStatus(.damaged, .error, message, start: end))) }
    saidDamage = found.count
  }

  private func close(reason: SessionClosed.Reason?, failure: (any Error)?) -> SessionClosed {
    let seconds = Double(clock.now() - began) / 1e9
    let message = failure.map { "\($0)" } ?? source.damage.first
    let ended = reason ?? (message == nil ? .endOfInput : .error)
    return SessionClosed(
      reason: ended, message: message, windows: windows, answered: answered,
      counts: SessionClosed.Counts(assembler.counters), end: end,
      median: latencies.percentile(0.5), percentile95: latencies.percentile(0.95),
      speed: seconds > 0 ? end.seconds / seconds : nil)
  }
}
