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
  private var answers: WindowAnswers<FaceCrop>
  private var saidDamage = 0
  private var began: Int64 = 0
  private let skipped: SkippedWindows

  /// - Parameters:
  ///   - header: with the source's own hop: a window that the source has cut no faces for could have no answer.
  ///   - source: the recording.
  ///   - recognizer: answers the windows.
  ///   - people: who gets a line in a window with several people.
  ///   - speed: seconds of the recording a second, from the session's begin; nil: as fast as it goes.
  ///   - clock: measures latencies, and paces the replay where there is a speed.
  ///   - stop: asked between windows and reads; a reason ends the session.
  ///   - sink: gets every event in order; what it throws ends the session at once.
  public init(
    header: SessionCreated, source: any ReplaySource, recognizer: Recognizer,
    people: AnsweredPeople = .front, speed: Double? = nil, clock: any SessionClock,
    stop: @escaping () -> SessionClosed.Reason? = { nil },
    sink: @escaping (StreamEvent) throws -> Void
  ) {
    precondition(speed.map { $0 > 0 } ?? true, "the speed must be positive")
    precondition(header.hop == source.schedule.hop, "a header of other windows than the source's")
    (self.header, self.source, self.recognizer) = (header, source, recognizer)
    (self.speed, self.clock, self.stop, self.sink) = (speed, clock, stop, sink)
    skipped = source.skippedWindows
    let (video, audio) = (source.hasVideo, source.hasAudio)
    assembler = WindowAssembler(
      schedule: source.schedule, video: video, audio: audio, evidence: recognizer.model.evidence)
    answers = WindowAnswers(
      model: recognizer.model, hasVideo: video, hasAudio: audio, of: "recording", people: people,
      silenceHint: source.silenceHint)
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
        if let error = try answer(window) {
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
    let (pending, question) = answers.take(window)
    if let speed {
      // A time that no clock reaches is as good as any later one.
      let due = Int64(min(Double(began) + Double(window.end.nanoseconds) / speed, 9e18))
      while clock.now() < due, stop() == nil { clock.wait(until: due) }
      // The result of a window that was not waited for is not printed early.
      if stop() != nil { return nil }
    }
    for status in answers.announce(pending) { try sink(.status(status)) }
    var (outputs, taken): ([[Float]], Double?) = ([], nil)
    if let question {
      let before = clock.now()
      do { outputs = try recognizer.outputs(question) } catch { return error }
      taken = Double(clock.now() - before) / 1e6
    }
    let isSkipped = skipped.contains(pending.index)
    for line in answers.answer(pending, outputs: outputs, milliseconds: taken, isSkipped: isSkipped) {
      try sink(.result(line))
    }
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
    for message in found[saidDamage...] {
      try sink(.status(StreamStatus(.damaged, .error, message, start: answers.end)))
    }
    saidDamage = found.count
  }

  private func close(reason: SessionClosed.Reason?, failure: (any Error)?) -> SessionClosed {
    let seconds = Double(clock.now() - began) / 1e9
    let message = failure.map { "\($0)" } ?? source.damage.first
    let ended = reason ?? (message == nil ? .endOfInput : .error)
    return answers.closed(
      ended, message: message, counts: SessionClosed.Counts(assembler.counters), wallSeconds: seconds)
  }
}
