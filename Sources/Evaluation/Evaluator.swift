internal import Networks
public import Recognition
public import Signal

/// One clip of a list, opened: what the evaluation needs of it. The command wires files to this; tests script it.
public protocol EvaluationClip {
  /// Whether the list names a picture for it.
  var hasVideo: Bool { get }

  /// All its sound, 16 kHz mono; nil without sound.
  func samples() throws -> [Float]?

  /// The faces of the frames that `choose` picks when it is told how many frames there are, one each; nil without a face.
  func crops(choosing choose: (_ frames: Int) throws -> [Int]) throws -> [FaceCrop]?
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
  private let filters = FilterBank()

  public init(recognizer: Recognizer, sampling: EvaluationSampling) {
    (self.recognizer, self.sampling) = (recognizer, sampling)
  }

  /// The best head answers whose modalities the clip has, as in a stream: where no face is found, it is a head that needs
  /// none.
  /// - Throws: what reading the clip or the model throws. A clip without a modality that every head needs is no error: it
  ///   has no answer, with the reason.
  public func predict(_ clip: some EvaluationClip) throws -> ClipPrediction {
    func none(_ reason: String) -> ClipPrediction { ClipPrediction(views: [], values: nil, reason: reason) }
    let rule = recognizer.rule
    guard rule.head(for: clip.hasVideo ? .audioVideo : .audio) != nil else { return none("no picture") }
    let samples = rule.modalities.hasAudio ? try clip.samples() : nil
    var present = Modalities(video: clip.hasVideo, audio: samples != nil)
    guard rule.head(for: present) != nil else { return none("no sound") }
    // What the best head lacks is the reason, also where those after it lack something else.
    var reason: String?
    while let head = rule.head(for: present) {
      let sound = present.hasAudio ? samples : nil
      switch head.modalities.hasVideo ? try seen(clip, beside: sound?.count) : heard(sound?.count ?? 0) {
      case .found(let views, let crops): return try answer(views, crops, sound)
      case .lacking(let modality, let why):
        present.subtract(modality)
        reason = reason ?? why
      }
    }
    return none(reason ?? "no answer")
  }

  /// What a head finds of a clip.
  private enum Finding {
    /// The faces of all views, one after the other; nil for a head that looks at none.
    case found([EvaluationSampling.View], [FaceCrop]?)
    case lacking(Modalities, String)
  }

  private func seen(_ clip: some EvaluationClip, beside samples: Int?) throws -> Finding {
    var views: [EvaluationSampling.View]?
    let crops = try clip.crops { frames in
      // A picture alone is looked at as if its sound were long enough.
      views = sampling.views(frames: frames, samples: samples ?? EvaluationSampling.windowSamples)
      return views.map { $0.flatMap(\.frames) } ?? []
    }
    // Sound that is too little by itself always gives views, so it is the pictures that are too few.
    guard let views else { return .lacking(.video, "too little sound, or too few pictures beside it") }
    return crops.map { .found(views, $0) } ?? .lacking(.video, "no face")
  }

  private func heard(_ samples: Int) -> Finding {
    sampling.heard(samples: samples).map { .found($0, nil) } ?? .lacking(.audio, "too little sound")
  }

  private func answer(
    _ views: [EvaluationSampling.View], _ crops: [FaceCrop]?, _ samples: [Float]?
  ) throws -> ClipPrediction {
    var estimates: [Estimate] = []
    for (i, view) in views.enumerated() {
      let faces = crops.map { Array($0[i * EvaluationSampling.window..<(i + 1) * EvaluationSampling.window]) }
      let sound = samples.map { spectrogram(of: $0[view.samples]) }
      guard let estimate = try recognizer.estimate(crops: faces, spectrogram: sound) else {
        return ClipPrediction(views: [], values: nil, reason: "no answer")
      }
      estimates.append(estimate)
    }
    let values = (0..<recognizer.model.labels.count).map { label in
      Float(estimates.reduce(0.0) { $0 + Double($1.values[label]) } / Double(estimates.count))
    }
    return ClipPrediction(views: estimates, values: values, reason: nil)
  }

  /// 256 rows, padded with zeros or cut.
  private func spectrogram(of samples: ArraySlice<Float>) -> [Float] {
    var values = filters.spectrogram(of: Array(samples)).values
    let wanted = WindowSchedule.rows * FilterBank.bins
    if values.count > wanted { values.removeLast(values.count - wanted) }
    values += [Float](repeating: 0, count: wanted - values.count)
    return values
  }
}
