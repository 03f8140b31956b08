import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import Testing
import Training

/// A run that goes on from saved values and moments.
@Suite(.serialized) struct ResumeTests {
  private static let configuration = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3)

  private func run(_ learner: FineTuningLearner, steps: Range<Int>) throws {
    let batch = HashedBatch(seed: "resume", batch: 2)
    let optimiser = AdamW(learner.parameters, beta2: 0.999, steps: steps.lowerBound) {
      .fineTuning($0, Self.configuration)
    }
    let trainer = Trainer(
      learner.parameters, optimiser, schedule: Schedule(base: 1e-3, final: 1e-6, warmUp: 2, steps: 6),
      learner.operations)
    let targets = Losses.targets(labels: [2, 0], classes: 3, smoothing: 0.1)
    for _ in steps {
      let loss = learner.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets)).loss
      _ = try trainer.add(loss: loss)
    }
  }

  /// 6 steps = 3 + stop + 3, the second half by another learner and another number of threads: the same bits.
  @Test func goesOnBitForBit() throws {
    let whole = try FineTuningLearner(Self.configuration, Weights(fresh: 5))
    try run(whole, steps: 0..<6)
    let stopped = try FineTuningLearner(Self.configuration, Weights(fresh: 5))
    try run(stopped, steps: 0..<3)
    for threads in 1...2 {
      let resumed = try FineTuningLearner(
        Self.configuration, Weights(reading: stopped.parameters.store), threads: threads)
      try resumed.parameters.restore(moments: stopped.parameters.moments)
      try run(resumed, steps: 3..<6)
      #expect(resumed.parameters.values.array.map(\.bitPattern) == whole.parameters.values.array.map(\.bitPattern))
    }
  }

  @Test func otherMomentsAreRefused() throws {
    let learner = try FineTuningLearner(Self.configuration, Weights(fresh: 5))
    #expect(throws: WeightError.self) { try learner.parameters.restore(moments: MemoryStore()) }
  }
}
