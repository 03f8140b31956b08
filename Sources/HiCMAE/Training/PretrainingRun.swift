public import HiCMAE
internal import Layers
internal import Networks
public import Tensor
public import Training

extension PretrainingConfiguration: PretrainableSizes {
  public func start(from source: (any TensorStore)?, seed: UInt64) throws -> any TensorStore {
    try PretrainingStart.store(seed: seed, from: source) { _ = try Pretraining(self, $0) }
  }

  public func learner(
    _ weights: any TensorStore, _ settings: PretrainingSettings
  ) throws -> any SelfSupervisedLearner {
    let learner = try PretrainingLearner(
      self, Weights(reading: weights), threads: settings.threads, precision: settings.precision)
    learner.contrastWeight = settings.contrastWeight
    learner.masks = PatchMasks(video: settings.maskVideo, audio: settings.maskAudio)
    return learner
  }

  /// With the published masks: other ones in every step.
  public func benchmark(batch: Int, threads: Int, precision: Precision, steps: Int) throws -> TrainingBenchmark {
    let learner = try PretrainingLearner(self, Weights(fresh: 0), threads: threads, precision: precision)
    let optimiser = AdamW(learner.parameters, beta2: 0.95, rule: learner.rule)
    var generator = SplitMix64(seed: 0)
    let (video, audio) = TrainingBenchmark.noise(inputs, batch, &generator)
    return try TrainingBenchmark(
      learner.parameters, optimiser, learner.operations, batch: batch, steps: steps
    ) { factor in
      let mask = PretrainingMask(batch: batch, using: &generator)
      return learner.addGradients(video: video, audio: audio, mask: mask, factor: factor).total
    }
  }
}
