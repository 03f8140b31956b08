internal import Checkpoint
internal import Files
internal import Lists
internal import Networks

/// Steps of a clip's features that count; 0 for a modality that is not there.
struct FeatureSteps: Hashable, Sendable {
  var video = 0, audio = 0
}

extension ClipMaker {
  /// Writes the features of a clip in their place: the first steps that the shape has room for, then zeros.
  /// - Returns: how many steps count.
  /// - Throws: `FileError`, or `ClipProblem` for a clip without a modality that is needed.
  func fillFeatures(
    video: UnsafeMutableBufferPointer<Float>?, audio: UnsafeMutableBufferPointer<Float>?,
    of entry: AnnotationList.Entry, in list: AnnotationList, _ modalities: Modalities
  ) throws -> FeatureSteps {
    var steps = FeatureSteps()
    if modalities.hasVideo {
      guard let name = entry.video else { throw ClipProblem.noPicture }
      if let video { steps.video = try fill(video, name, of: list, recipe.features?.video) }
    }
    if modalities.hasAudio {
      guard let name = entry.audio else { throw ClipProblem.noSound }
      if let audio { steps.audio = try fill(audio, name, of: list, recipe.features?.audio) }
    }
    return steps
  }

  /// A clip's features as evaluation takes them.
  /// - Throws: as ``fillFeatures(video:audio:of:in:_:)``.
  func featureView(
    of entry: AnnotationList.Entry, in list: AnnotationList, _ features: InputShapes, _ target: [Float]
  ) throws -> ModelInput {
    let modalities = recipe.modalities(of: entry)
    func room(_ modality: Modalities, _ shape: InputShape?) -> [Float] {
      [Float](repeating: 0, count: modalities.contains(modality) ? shape?.count ?? 0 : 0)
    }
    var (video, audio) = (room(.video, features.video), room(.audio, features.audio))
    let steps = try video.withUnsafeMutableBufferPointer { video in
      try audio.withUnsafeMutableBufferPointer { audio in
        try fillFeatures(video: video, audio: audio, of: entry, in: list, modalities)
      }
    }
    return ModelInput(
      video: video, audio: audio, videoSteps: modalities.hasVideo ? steps.video : nil,
      audioSteps: modalities.hasAudio ? steps.audio : nil, target: target)
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<Float>, _ name: String, of list: AnnotationList, _ shape: InputShape?
  ) throws -> Int {
    guard case .features(let steps, let width) = shape else {
      preconditionFailure("features for a model that takes none")
    }
    let file = try FeatureFile(named: name, of: list, from: source)
    return try file.write(to: out, steps: steps, width: width)
  }
}
