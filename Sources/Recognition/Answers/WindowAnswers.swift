internal import Models
internal import Networks
public import Signal

/// Makes the lines of a session from its windows: what the model sees of a window, which head answers it, what is said
/// before it, what the model's outputs mean, and what is counted for the last line. Replay and live are thin around this
/// value, so a recording replayed gives the lines that it gave live.
///
/// Nothing here waits or computes a network. For each window, in order:
///
///     let (pending, question) = answers.take(window)
///     let said = answers.announce(pending)
///     let outputs = try question.map(recognizer.outputs)
///     let lines = answers.answer(pending, outputs: outputs ?? [], milliseconds: …)
///
/// `take` needs every window. The others need only the windows that get lines, also in order.
public struct WindowAnswers<Crop: Sendable>: Sendable {
  /// Windows that got lines, and those of them with an answer.
  public private(set) var windows = 0
  public private(set) var answered = 0
  /// The end of the last window that got lines.
  public private(set) var end = Instant.zero

  private let model: ModelSummary
  private let rule: AnswerRule
  private let people: AnsweredPeople
  private var use = ModalityUse()
  private var speech = SpeechUse()
  private var held: ReusedVideo<Crop>
  private var tracker: StatusTracker
  /// nil: no baseline is built from what is seen.
  private var seen: SeenPeople?
  /// Milliseconds of the model, over the windows with an answer.
  private var inference = LatencyHistogram()
  /// Milliseconds from a window's end to its lines; live only.
  private var captureToEmit = LatencyHistogram()

  /// - Parameters:
  ///   - model: whose answers these are.
  ///   - hasVideo: whether there is a video track at all.
  ///   - hasAudio: whether there is an audio track at all.
  ///   - place: what lacks a track, "recording" or "session".
  ///   - people: who gets a line.
  ///   - silenceHint: what to try where the sound is silent; nil: nobody knows.
  public init(
    model: ModelSummary, hasVideo: Bool, hasAudio: Bool, of place: String, people: AnsweredPeople = .front,
    silenceHint: String? = nil
  ) {
    (self.model, rule, self.people) = (model, AnswerRule(model), people)
    held = ReusedVideo(model.economy)
    tracker = StatusTracker(hasVideo: hasVideo, hasAudio: hasAudio, looksAt: rule.modalities, of: place)
    tracker.silenceHint = silenceHint
    if let baseline = model.baseline, baseline.kind == .auto,
      let neutral = model.labels.firstIndex(of: PersonBaseline.label)
    {
      seen = SeenPeople(baseline.reference, neutral: neutral)
    }
  }

  /// Takes the session's next window, whether it will be answered or not: later ones may rest on its
  /// picture, and on what was in use.
  /// - Returns: the window's lines to be, and what to ask the model; no question: no head can answer.
  public mutating func take(_ window: Window<Crop>) -> (pending: PendingWindow, question: WindowQuestion<Crop>?) {
    var window = use.take(window)
    if people == .front { window.people.removeLast(max(window.people.count - 1, 0)) }
    window = held.take(window)
    let share = window.audio.spectrogram.flatMap { model.speechGate == .off ? nil : SpeechActivity.share(of: $0) }
    // Nothing to hear is no evidence, whatever the model would make of it.
    if window.audio.isSilent { window.audio.spectrogram = nil }
    let isHeard = speech.take(share) || model.speechGate == .off || !rule.dependsOnSpeech
    var (lines, parts): ([PendingWindow.Line], [WindowQuestion<Crop>.Part]) = ([], [])
    for place in window.people.isEmpty ? [nil] : window.people.indices.map(Optional.some) {
      let person = place.map { window.people[$0] }
      var result = EmotionResult(window: window, person: person, model: model, rule: rule)
      let present = window.modalities(of: person)
      let head = isHeard ? rule.head(for: present) : rule.headWithoutSpeech(for: present)
      result.speech = share
      if !isHeard, head?.modalities.hasAudio != true {
        result.leaveOutAudio(rule.missing(from: head?.modalities ?? present.subtracting(.audio)))
      }
      var answer: Int?
      if let head {
        // An answer from audio alone is the same for everybody, so it is asked for once.
        let part = WindowQuestion<Crop>.Part(head: head, person: head.modalities.hasVideo ? place : nil)
        answer = parts.firstIndex(of: part) ?? parts.count
        if answer == parts.count { parts.append(part) }
      }
      lines.append(.init(result: result, answer: answer))
    }
    let pending = PendingWindow(
      index: window.index, start: window.start, end: window.end, lines: lines, heads: parts.map(\.head))
    return (pending, parts.isEmpty ? nil : WindowQuestion(window: window, parts: parts))
  }

  /// What to say before a window's lines.
  public mutating func announce(_ window: PendingWindow) -> [StreamStatus] {
    tracker.receive(window.lines.map(\.result))
  }

  /// The lines of a window; counts it.
  /// - Parameters:
  ///   - window: as `take` gave it.
  ///   - outputs: of the question's parts, in their order; empty where there was no question.
  ///   - milliseconds: what the model took for all of them; nil where it did not run.
  ///   - live: how late the lines are; nil in replay.
  ///   - isSkipped: whether the live session that is replayed has skipped the window, so that later ones do not rest on it.
  public mutating func answer(
    _ window: PendingWindow, outputs: [[Float]], milliseconds: Double?, live: EmotionResult.LiveLatency? = nil,
    isSkipped: Bool = false
  ) -> [EmotionResult] {
    precondition(outputs.count == window.heads.count, "an answer for each part of the question")
    windows += 1
    end = window.end
    if let live { captureToEmit.add(milliseconds: live.captureToEmit) }
    if !outputs.isEmpty {
      answered += 1
      if let milliseconds { inference.add(milliseconds: milliseconds) }
    }
    let before = seen
    return window.lines.map { line in
      var result = line.result
      result.live = live
      if let answer = line.answer {
        let (head, person) = (window.heads[answer], result.face?.id)
        let estimate = rule.estimate(
          outputs[answer], of: head, person: before?.baseline(of: person) ?? PersonBaseline())
        (result.estimate, result.head) = (estimate, head.modalities)
        if !isSkipped { seen?.take(estimate, of: head, person: person, start: window.start) }
        if model.answersActions { result.keepActions() }
        if !head.modalities.hasVideo { result.reusedFrom = nil }
        result.inferenceMilliseconds = milliseconds
      }
      return result
    }
  }

  /// The last line.
  /// - Parameters:
  ///   - reason: why the session ended.
  ///   - message: what failed; nil: nothing.
  ///   - counts: what went through the windows.
  ///   - skipped: windows without lines.
  ///   - wallSeconds: what the session took.
  ///   - live: what only a live session has; its percentiles are filled in here.
  public func closed(
    _ reason: SessionClosed.Reason, message: String?, skipped: Int = 0, counts: SessionClosed.Counts,
    wallSeconds: Double, live: SessionClosed.Live? = nil
  ) -> SessionClosed {
    var closed = SessionClosed(
      reason: reason, message: message, windows: windows, answered: answered, skipped: skipped, counts: counts,
      end: end, median: inference.percentile(0.5), percentile95: inference.percentile(0.95),
      speed: wallSeconds > 0 ? end.seconds / wallSeconds : nil)
    closed.live = live
    closed.live?.captureToEmitMedian = captureToEmit.percentile(0.5)
    closed.live?.captureToEmit95 = captureToEmit.percentile(0.95)
    return closed
  }
}

extension EmotionResult {
  /// Actions are of this moment: an older picture says nothing of them. A regression may go a little beyond 0 and 1.
  fileprivate mutating func keepActions() {
    let seen = showsNewest ? estimate?.attributes : nil
    estimate?.attributes = seen?.map { min(max($0, 0), 1) }
  }
}
