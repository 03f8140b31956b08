public import Signal

/// One clip of a list, opened: what the evaluation needs of it. The command wires files to this; tests script it.
public protocol EvaluationClip {
  /// Frames in the picture; nil without a picture.
  var frameCount: Int? { get }
  /// Samples at 16 kHz; nil without sound.
  var sampleCount: Int? { get }

  /// The faces at these indices (not falling), one each; nil where the clip shows no face.
  func crops(at indices: [Int]) throws -> [FaceCrop]?

  /// 256 × 128 log-mel values of these samples, padded with zeros or cut; not normalised.
  func spectrogram(of samples: Range<Int>) throws -> [Float]
}

/// A model's judgement of one clip.
public struct ClipPrediction: Sendable, Hashable {
  /// One a view; empty where there is no answer.
  public var views: [Estimate]
  /// Probabilities, or a regression's values, averaged over the views; nil where there is no answer.
  public var values: [Float]?
  /// Why there is no answer.
  public var reason: String?

  /// The class of the largest averaged probability.
  public var top: Int? { values.flatMap(Estimate.argmax) }
}

/// Runs the published evaluation of a clip: views by index, answers averaged.
public struct Evaluator {
  private let recognizer: Recognizer
  private let sampling: EvaluationSampling

  public init(recognizer: Recognizer, sampling: EvaluationSampling) {
    (self.recognizer, self.sampling) = (recognizer, sampling)
  }

  /// - Throws: what reading the clip or the model throws. A clip without a sense that the model needs is no error: it has
  ///   no answer, with the reason.
  public func predict(_ clip: some EvaluationClip) throws -> ClipPrediction {
    func none(_ reason: String) -> ClipPrediction { ClipPrediction(views: [], values: nil, reason: reason) }
    let model = recognizer.model
    if model.needsVideo && clip.frameCount == nil { return none("no picture") }
    if model.needsAudio && clip.sampleCount == nil { return none("no sound") }
    guard clip.frameCount != 0 else { return none("no frames") }
    // A clip without a picture is heard as if it had one frame every 40 ms.
    let frames = clip.frameCount ?? max(1, (clip.sampleCount ?? 0) / 640)
    guard let views = sampling.views(frames: frames, samples: clip.sampleCount ?? 0) else {
      return none("too little sound for its pictures")
    }
    var estimates: [Estimate] = []
    for view in views {
      let crops = clip.frameCount == nil ? nil : try clip.crops(at: view.frames)
      if crops == nil && model.needsVideo { return none("no face") }
      let sound = clip.sampleCount == nil ? nil : try clip.spectrogram(of: view.samples)
      guard let estimate = try recognizer.estimate(crops: crops, spectrogram: sound) else { return none("no answer") }
      estimates.append(estimate)
    }
    let values = (0..<model.labels.count).map { label in
      Float(estimates.reduce(0.0) { $0 + Double($1.values[label]) } / Double(estimates.count))
    }
    return ClipPrediction(views: estimates, values: values, reason: nil)
  }
}
