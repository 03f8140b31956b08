package import HiCMAE
internal import Layers
package import Tensor
internal import Training

/// How fast training goes on this machine: whole steps over noise, with everything that a run does between two batches
/// (forward, backward, the check for NaN, the gradients' norm, AdamW), and without what loads them.
package struct TrainingBenchmark: Sendable {
  package let threads, batch: Int
  package let level: KernelLevel
  /// Values that are learnt.
  package let parameterCount: Int
  /// Of one step each, in the order measured; a first one, which sizes the memory, is left out.
  package let seconds: [Double]
  /// Of the last step.
  package let loss: Double

  package var median: Double { Benchmark.median(of: seconds) }
  package var best: Double { seconds.min() ?? 0 }
  package var clipsPerSecond: Double { Double(batch) / median }

  /// Steps of pre-training from fresh weights, with the published masks: other ones in every step.
  package init(
    pretraining configuration: PretrainingConfiguration, batch: Int, threads: Int, precision: Precision, steps: Int
  ) throws {
    let learner = try PretrainingLearner(
      configuration, Weights(fresh: 0), threads: threads, precision: precision)
    let optimiser = AdamW(learner.parameters, beta2: 0.95, rule: UpdateRule.pretraining)
    var generator = SplitMix64(seed: 0)
    let (video, audio) = Self.noise(batch, &generator)
    try self.init(learner.parameters, optimiser, learner.operations, batch: batch, steps: steps) { factor in
      let mask = PretrainingMask(batch: batch, using: &generator)
      return learner.addGradients(video: video, audio: audio, mask: mask, factor: factor).total
    }
  }

  /// Steps of fine-tuning from fresh weights, without drop path, on smoothed labels.
  package init(
    fineTuning configuration: Configuration, batch: Int, threads: Int, precision: Precision, steps: Int
  ) throws {
    let learner = try FineTuningLearner(
      configuration, Weights(fresh: 0), threads: threads, precision: precision)
    let optimiser = AdamW(learner.parameters, beta2: 0.999) { .fineTuning($0, configuration) }
    var generator = SplitMix64(seed: 0)
    let (video, audio) = Self.noise(batch, &generator)
    let labels = (0..<batch).map { $0 % configuration.outputs }
    let targets = Losses.targets(labels: labels, classes: configuration.outputs, smoothing: 0.1)
    try self.init(learner.parameters, optimiser, learner.operations, batch: batch, steps: steps) { factor in
      learner.addGradients(video: video, audio: audio, objective: .classes(targets), factor: factor).loss
    }
  }

  private init(
    _ parameters: ParameterSet, _ optimiser: AdamW, _ operations: Operations, batch: Int, steps: Int,
    addGradients: (_ factor: Double) -> Double
  ) throws {
    precondition(batch >= 1 && steps >= 1, "a benchmark of \(steps) steps of \(batch) clips")
    let schedule = Schedule(base: 1e-5, final: 1e-5, warmUp: 0, steps: steps + 1)
    let trainer = Trainer(parameters, optimiser, schedule: schedule, operations)
    var seconds: [Double] = []
    var loss = 0.0
    for _ in 0...steps {
      let start = monotonicSeconds()
      loss = addGradients(trainer.factor)
      _ = try trainer.add(loss: loss)
      seconds.append(monotonicSeconds() - start)
    }
    (self.threads, self.batch, level) = (operations.threads, batch, operations.level)
    parameterCount = parameters.entries.reduce(0) { $0 + $1.range.count }
    (self.seconds, self.loss) = (Array(seconds.dropFirst()), loss)
  }

  private static func noise(_ batch: Int, _ generator: inout SplitMix64) -> (video: Matrix, audio: Matrix) {
    let video = Matrix(rows: batch, columns: Configuration.videoGrid.values)
    let audio = Matrix(rows: batch, columns: Configuration.audioGrid.values)
    for matrix in [video, audio] {
      for index in 0..<matrix.buffer.count { matrix.buffer.base[index] = generator.symmetric() }
    }
    return (video, audio)
  }
}
