internal import Checkpoint
public import Networks
public import Recognition
internal import Tensor

/// Judges clips whose list names files of features: the whole of a clip is one view.
public final class FeatureEvaluator {
  private let engine: any NetworkEngine
  private let rule: AnswerRule
  private let conditions: EvaluationConditions
  private let heads: [Head]
  private let inputs: InputShapes
  private let answers: [FloatBuffer]
  private let labels: [String]

  /// - Parameters:
  ///   - network: takes features, and has a head.
  ///   - model: what is said of it.
  ///   - conditions: what is taken away from clips.
  ///   - threads: that share the work; results do not depend on it.
  public init(
    _ network: any Network, model: ModelSummary, conditions: EvaluationConditions = EvaluationConditions(), threads: Int
  ) {
    precondition(network.sizes.inputs.areFeatures, "a network that takes no features")
    (heads, inputs, labels) = (network.sizes.heads, network.sizes.inputs, model.labels + model.attributes)
    (rule, self.conditions) = (AnswerRule(model), conditions)
    answers = network.sizes.heads.map { FloatBuffer(count: $0.outputs) }
    engine = network.engine(EngineOptions(threads: threads))
  }

  /// The best head answers whose modalities the clip has.
  /// - Parameters:
  ///   - video: a file of features; nil: the clip has none.
  ///   - audio: likewise.
  ///   - number: the clip's place in the list, from which it follows what it loses.
  /// - Throws: `FileError` for a file that cannot be read or has another width; `RecognitionError`. A clip without a modality
  ///   that every head needs is no error: it has no answer, with the reason.
  public func predict(video: String?, audio: String?, number: Int = 0) throws -> ClipPrediction {
    let given = Modalities(video: video != nil, audio: audio != nil).intersection(inputs.modalities)
    let present = given.subtracting(conditions.missing?.lost(clip: number, window: 0) ?? [])
    guard let head = conditions.head(for: present, by: rule),
      let place = heads.firstIndex(where: { $0.name == head.name })
    else {
      return ClipPrediction(
        views: [], values: nil, reason: present.hasVideo ? "no sound" : "no picture", heads: [nil])
    }
    var input = NetworkInput(video: nil, audio: nil)
    input.onlyHead = place
    if head.modalities.hasVideo { (input.video, input.videoSteps) = try features(video, inputs.video) }
    if head.modalities.hasAudio { (input.audio, input.audioSteps) = try features(audio, inputs.audio) }
    engine.answer(input, into: answers)
    let beside = head.beside(in: heads).flatMap { heads.firstIndex(of: $0) }
    let outputs = answers[place].array + (beside.map { answers[$0].array } ?? [])
    if let broken = outputs.firstIndex(where: { !$0.isFinite }) {
      throw RecognitionError.notFinite(label: labels[broken])
    }
    let estimate = rule.estimate(outputs, of: head)
    return ClipPrediction(
      views: [estimate], values: estimate.values, attributes: estimate.attributes, heads: [head.name])
  }

  private func features(_ path: String?, _ shape: InputShape?) throws -> (FloatBuffer?, Int?) {
    guard let path, case .features(let steps, let width) = shape else { return (nil, nil) }
    let buffer = FloatBuffer(count: steps * width)
    let count = try FeatureFile(path).write(
      to: UnsafeMutableBufferPointer(start: buffer.base, count: buffer.count), steps: steps, width: width)
    return (buffer, count)
  }
}
