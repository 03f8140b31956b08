public import Networks
public import Tensor

/// How fast training goes on this machine: whole steps over noise, with everything that a run does between two batches
/// (forward, backward, the check for NaN, the gradients' norm, AdamW), and without what loads them.
public struct TrainingBenchmark: Sendable {
  public let threads, batch: Int
  public let level: KernelLevel
  /// Values that are learnt.
  public let parameterCount: Int
  /// Of one step each, in the order measured; a first one, which sizes the memory, is left out.
  public let seconds: [Double]
  /// Of the last step.
  public let loss: Double

  public var median: Double { Benchmark.median(of: seconds) }
  public var best: Double { seconds.min() ?? 0 }
  public var clipsPerSecond: Double { Double(batch) / median }

  /// Steps of fine-tuning from fresh weights, without drop path, on smoothed labels.
  /// - Throws: `TrainingDiverged`.
  public init(
    _ sizes: any FineTunableSizes, batch: Int, threads: Int, precision: Precision, steps: Int
  ) throws {
    var settings = FineTuningSettings()
    (settings.threads, settings.precision, settings.layerDecay) = (threads, precision, 0.75)
    let learner = try sizes.learner(sizes.start(from: nil, seed: 0, takesHead: false), settings)
    let optimiser = AdamW(learner.parameters, beta2: 0.999, rule: learner.rule)
    var generator = SplitMix64(seed: 0)
    let (video, audio) = Self.noise(sizes.inputs, batch, &generator)
    let labels = (0..<batch).map { $0 % sizes.outputs }
    let targets = Losses.targets(labels: labels, classes: sizes.outputs, smoothing: 0.1)
    let keys = (0..<batch).map { RandomKey(seed: 0, epoch: 0, position: $0) }
    let noise = TrainingBatch(video: video, audio: audio, clips: keys, key: keys[0])
    try self.init(learner.parameters, optimiser, learner.operations, batch: batch, steps: steps) { factor in
      learner.addGradients(noise, .classes(targets), factor: factor).total
    }
  }

  /// Times steps, of which the first is not counted.
  /// - Parameters:
  ///   - parameters: what is trained.
  ///   - optimiser: over `parameters`.
  ///   - operations: the learner's.
  ///   - batch: clips of a batch.
  ///   - steps: how many are timed.
  ///   - addGradients: adds the gradients of a batch, times the factor, and tells its loss.
  /// - Throws: `TrainingDiverged`.
  public init(
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

  /// Noise in [−1, 1), (batch, values of the shape) of each modality.
  public static func noise(
    _ inputs: InputShapes, _ batch: Int, _ generator: inout SplitMix64
  ) -> (video: Matrix?, audio: Matrix?) {
    func noise(_ shape: InputShape) -> Matrix {
      let matrix = Matrix(rows: batch, columns: shape.count)
      for index in 0..<matrix.buffer.count { matrix.buffer.base[index] = generator.symmetric() }
      return matrix
    }
    return (inputs.video.map(noise), inputs.audio.map(noise))
  }
}
