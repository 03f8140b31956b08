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
  /// One a view that has an answer.
  public var views: [Estimate]
  /// Probabilities, or a regression's values, averaged over the views; nil where there is no answer.
  public var values: [Float]?
  /// Attributes that are answered beside classes, averaged likewise; nil: there are none.
  public var attributes: [Float]?
  /// Why there is no answer.
  public var reason: String?
  /// The name of the head that answered each of the clip's windows; nil: none did. Empty where the clip has none.
  public var heads: [String?] = []

  /// The class of the largest averaged probability.
  public var top: Int? { values.flatMap(Estimate.argmax) }
}

/// Runs the published evaluation of a clip: views by index, answers averaged.
public struct Evaluator {
  private let recognizer: Recognizer
  private let sampling: EvaluationSampling
  private let conditions: EvaluationConditions
  private let filters = FilterBank()

  public init(
    recognizer: Recognizer, sampling: EvaluationSampling, conditions: EvaluationConditions = EvaluationConditions()
  ) {
    (self.recognizer, self.sampling, self.conditions) = (recognizer, sampling, conditions)
  }

  private func bestHead(for present: Modalities) -> Head? { conditions.head(for: present, by: recognizer.rule) }

  /// The best head answers whose modalities the clip has, as in a stream: where no face is found, it is a head that needs
  /// none. Where windows lose modalities, each is answered by the best head for the rest.
  /// - Parameters:
  ///   - clip: what is judged.
  ///   - number: its place in the list, from which it follows what its windows lose.
  /// - Throws: what reading the clip or the model throws. A clip without a modality that every head needs is no error: it
  ///   has no answer, with the reason.
  public func predict(_ clip: some EvaluationClip, number: Int = 0) throws -> ClipPrediction {
    func none(_ reason: String) -> ClipPrediction { ClipPrediction(views: [], values: nil, reason: reason) }
    guard bestHead(for: clip.hasVideo ? .audioVideo : .audio) != nil else { return none("no picture") }
    let samples = (conditions.senses ?? recognizer.rule.modalities).hasAudio ? try clip.samples() : nil
    var present = Modalities(video: clip.hasVideo, audio: samples != nil)
    guard bestHead(for: present) != nil else { return none("no sound") }
    // What the best head lacks is the reason, also where those after it lack something else.
    var reason: String?
    while let head = bestHead(for: present) {
      let sound = present.hasAudio ? samples : nil
      switch head.modalities.hasVideo ? try seen(clip, beside: sound?.count) : heard(sound?.count ?? 0) {
      case .found(let views, let crops):
        return try answer(views, crops, sound) { window in
          bestHead(for: present.subtracting(conditions.missing?.lost(clip: number, window: window) ?? []))
        }
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

  /// - Parameter headOf: which head answers a window; nil: none does.
  private func answer(
    _ views: [EvaluationSampling.View], _ crops: [FaceCrop]?, _ samples: [Float]?, by headOf: (_ window: Int) -> Head?
  ) throws -> ClipPrediction {
    var (estimates, heads): ([Estimate], [String?]) = ([], [])
    for (i, view) in views.enumerated() {
      guard let head = headOf(i) else {
        heads.append(nil)
        continue
      }
      let faces = crops.map { Array($0[i * EvaluationSampling.window..<(i + 1) * EvaluationSampling.window]) }
      let sound = samples.map { spectrogram(of: $0[view.samples]) }
      let (sees, hears) = (head.modalities.hasVideo, head.modalities.hasAudio)
      let estimate = try recognizer.estimate(
        crops: sees ? faces : nil, spectrogram: hears ? sound : nil, frames: sees ? view.frames : nil)
      guard let estimate else {
        return ClipPrediction(views: [], values: nil, reason: "no answer")
      }
      estimates.append(estimate)
      heads.append(head.name)
    }
    guard !estimates.isEmpty else {
      return ClipPrediction(views: [], values: nil, reason: "no window has what the model needs", heads: heads)
    }
    func mean(_ values: [[Float]]) -> [Float] {
      (values.first ?? []).indices.map { place in
        Float(values.reduce(0.0) { $0 + Double($1[place]) } / Double(values.count))
      }
    }
    let attributes = estimates.compactMap(\.attributes)
    return ClipPrediction(
      views: estimates, values: mean(estimates.map(\.values)), attributes: attributes.isEmpty ? nil : mean(attributes),
      heads: heads)
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
