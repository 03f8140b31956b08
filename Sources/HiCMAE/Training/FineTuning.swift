public import HiCMAE
internal import Layers
internal import Networks
public import Tensor
public import Training

extension Configuration: FineTunableSizes {
  public var learnsFromIncompleteClips: Bool { absentTokens }
  public var dropsModalities: Bool { absentTokens }

  public func start(from source: (any TensorStore)?, seed: UInt64, takesHead: Bool) throws -> any TensorStore {
    guard let source else {
      let fresh = Weights(fresh: seed)
      _ = try HiCMAEModel(self, fresh)
      return fresh.store
    }
    return try FineTuningStart(from: source, to: self, seed: seed, takingHead: takesHead)
  }

  public func learner(_ weights: any TensorStore, _ settings: FineTuningSettings) throws -> any SupervisedLearner {
    let learner = try FineTuningLearner(
      self, Weights(reading: weights), threads: settings.threads, precision: settings.precision,
      clipsPerSlice: settings.clipsPerSlice)
    (learner.layerDecay, learner.dropPath) = (settings.layerDecay, settings.dropPath)
    learner.modalityDropout = settings.modalityDropout
    learner.logitOffsets = settings.logitOffsets
    return learner
  }
}
