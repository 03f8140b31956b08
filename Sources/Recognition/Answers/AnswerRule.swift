internal import Models
public import Networks

/// Which head of a model answers, and what its outputs say. Replay, live and evaluation all ask here, so that they cannot
/// differ.
public struct AnswerRule: Sendable, Hashable {
  /// The best head first: the one that rests on most modalities, of equals the one that the model names first.
  public let heads: [Head]
  private let calibration: ModelCalibration?
  private let baseline: Baseline?

  /// The rule of a model with the heads that it names.
  public init(_ model: ModelSummary) {
    modalities = model.modalities
    // Heads of attributes beside those of classes answer together with them.
    heads = model.heads.filter { $0.task == model.task }.enumerated().sorted { a, b in
      let (most, fewer) = (a.element.modalities.count, b.element.modalities.count)
      return most == fewer ? a.offset < b.offset : most > fewer
    }.map(\.element)
    calibration = model.calibration
    baseline = model.baseline
  }

  /// What any of the heads looks at.
  public let modalities: Modalities

  /// The best head whose modalities are all there; nil: there is no answer, because an answer is never a guess.
  public func head(for present: Modalities) -> Head? { heads.first { $0.modalities.isSubset(of: present) } }

  /// The best head where nobody speaks: one that does without audio, else one that looks at the video, too, because sound alone
  /// would be a guess.
  func headWithoutSpeech(for present: Modalities) -> Head? {
    head(for: present.subtracting(.audio))
      ?? heads.first { $0.modalities.hasVideo && $0.modalities.isSubset(of: present) }
  }

  /// Whether it makes a difference that nobody speaks: not for a model whose heads all need video and audio, nor for one
  /// without audio.
  var dependsOnSpeech: Bool {
    modalities.hasAudio && heads.contains { $0.modalities == .audio || !$0.modalities.hasAudio }
  }

  /// What the best head lacks where no head can answer; empty where one can.
  public func missing(from present: Modalities) -> Modalities {
    guard head(for: present) == nil, let best = heads.first else { return [] }
    return best.modalities.subtracting(present)
  }

  /// What the outputs of a head say, with the model's calibration and its baseline.
  ///
  /// - Parameters:
  ///   - outputs: the head's, and behind them those of the attributes that are answered beside it.
  ///   - head: that answered.
  public func estimate(_ outputs: [Float], of head: Head) -> Estimate {
    estimate(outputs, of: head, person: PersonBaseline())
  }

  /// - Parameter person: what is known of the person so far, where the baseline is built from what is seen.
  func estimate(_ outputs: [Float], of head: Head, person: PersonBaseline) -> Estimate {
    let temperature = calibration?.temperature(of: head) ?? 1
    var estimate = Estimate(
      outputs: Array(outputs.prefix(head.outputs)), task: head.task, temperature: temperature)
    if outputs.count > head.outputs { estimate.attributes = Array(outputs.dropFirst(head.outputs)) }
    if let baseline, head.task == .classification {
      let known = baseline.kind == .auto ? person : baseline.person
      estimate.correct(by: known, of: head, to: baseline.reference, temperature: temperature)
    }
    return estimate
  }
}

extension Modalities {
  fileprivate var count: Int { rawValue.nonzeroBitCount }
}
