internal import Layers
public import Networks
public import Tensor
public import Training
public import VAVL

extension VAVLArchitecture: TrainableArchitecture {
  public func sizes(ofRun decoder: any Decoder) throws -> any TrainableSizes {
    try VAVLSizes(from: decoder, families: families)
  }
}

extension VAVLSizes: FineTunableSizes {
  /// Why a VAVL is not pre-trained.
  private struct NoPretraining: Error, CustomStringConvertible {
    let description = "a VAVL is trained with labels from the start; use finetune"
  }

  public var learnsFromIncompleteClips: Bool { modalities == .audioVideo }
  public var takesFewerFrames: Bool { if case .light = video { true } else { false } }

  /// As published: one rate, which never changes, and nothing that is changed at random but dropout. The published rate is
  /// that of any step: its batches have 32 clips of one corpus, and 9 of another.
  public var recipe: FineTuningRecipe {
    var recipe = FineTuningRecipe()
    (recipe.rate, recipe.finalRate, recipe.isScaled) = (5e-5, nil, false)
    (recipe.beta1, recipe.beta2, recipe.weightDecay) = (0.95, 0.999, 5e-7)
    (recipe.epochs, recipe.warmupEpochs) = (20, 0)
    (recipe.layerDecay, recipe.dropPath) = (nil, nil)
    (recipe.labelSmoothing, recipe.changesClips) = (0, false)
    return recipe
  }

  /// Attributes are those of the network that has some.
  public func joined(with other: any NetworkSizes) -> (any NetworkSizes)? {
    guard let other = other as? VAVLSizes, modalities.isDisjoint(with: other.modalities) else { return nil }
    var (joined, likely) = (self, other)
    (joined.video, joined.audio) = (video ?? other.video, audio ?? other.audio)
    if attributes == 0 { (joined.attributes, joined.readsActions) = (other.attributes, other.readsActions) }
    (likely.video, likely.audio) = (joined.video, joined.audio)
    (likely.attributes, likely.readsActions) = (joined.attributes, joined.readsActions)
    return likely == joined ? joined : nil
  }

  public func encode(forRun encoder: any Encoder) throws { try encode(to: encoder) }

  public func pretraining(_ request: PretrainingRequest) throws -> any PretrainableSizes { throw NoPretraining() }

  public func fineTuning(_ request: FineTuningRequest) -> any FineTunableSizes {
    var sizes = self
    sizes.video = request.modalities.hasVideo ? video?.reading(features: request.videoFeatures) : nil
    sizes.audio = request.modalities.hasAudio ? audio?.reading(features: request.audioFeatures) : nil
    (sizes.classes, sizes.attributes) =
      request.task == .classification ? (request.outputs, request.attributes) : (0, request.outputs)
    sizes.readsActions = readsActions && sizes.video != nil
    return sizes
  }

  /// Branches and shared blocks are taken from the source, and heads where that is asked for; of a network whose encoders
  /// this one is built on, those. What the source lacks is fresh. Shapes must be the same.
  public func start(from source: (any TensorStore)?, seed: UInt64, takesHead: Bool) throws -> any TensorStore {
    let fresh = Weights(fresh: seed)
    _ = try VAVLModel(self, fresh)
    var store = MemoryStore()
    var misshapen: [WeightError.Mismatch] = []
    for parameter in fresh.parameters {
      let isTaken = takesHead || !parameter.name.hasPrefix("heads.")
      let name = [parameter.name, nameInNetwork(parameter.name)].compactMap { $0 }
        .first { source?.shape(of: $0) != nil }
      let shape = isTaken ? name.flatMap { source?.shape(of: $0) } : nil
      if let shape, shape != parameter.shape {
        misshapen.append(WeightError.Mismatch(name: parameter.name, expected: parameter.shape, found: shape))
      }
      let values = try shape == parameter.shape ? name.flatMap { try source?.values(of: $0) } : nil
      store.add(parameter.name, shape: parameter.shape, values: values ?? parameter.values.buffer)
    }
    guard misshapen.isEmpty else { throw WeightError.unfit(missing: [], misshapen: misshapen, unused: []) }
    return store
  }

  /// What a parameter of an encoder is called in a network of the encoder's own family.
  private func nameInNetwork(_ name: String) -> String? {
    for (prefix, encoder) in [("video.encoder.", video), ("audio.encoder.", audio)] {
      guard case .pretrained(let sizes, _) = encoder, name.hasPrefix(prefix) else { continue }
      return sizes.base.nameInNetwork(String(name.dropFirst(prefix.count)))
    }
    return nil
  }

  public func learner(_ weights: any TensorStore, _ settings: FineTuningSettings) throws -> any SupervisedLearner {
    let learner = try VAVLLearner(
      self, Weights(reading: weights), threads: settings.threads, precision: settings.precision,
      clipsPerSlice: settings.clipsPerSlice)
    learner.logitOffsets = settings.logitOffsets
    return learner
  }
}
