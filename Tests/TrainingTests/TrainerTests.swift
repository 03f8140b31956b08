import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import Testing
import Training

/// From batches to steps, on a small model.
@Suite(.serialized) struct TrainerTests {
  private static let configuration = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3)

  private func learner() throws -> FineTuningLearner {
    try FineTuningLearner(Self.configuration, Weights(fresh: 3))
  }

  private func trainer(
    _ learner: FineTuningLearner, steps: Int = 0, accumulation: Int = 1, clipping: Double? = nil
  ) -> Trainer {
    let optimiser = AdamW(learner.parameters, beta2: 0.999, steps: steps) { .fineTuning($0, Self.configuration) }
    return Trainer(
      learner.parameters, optimiser, schedule: Schedule(base: 1e-3, final: 1e-6, warmUp: 2, steps: 6),
      accumulation: accumulation, clipping: clipping, learner.operations)
  }

  /// Gradients that follow from the place alone: what matters here is what becomes of them.
  private func addGradients(_ parameters: ParameterSet, times factor: Double = 1) {
    for entry in parameters.entries {
      for index in entry.range { parameters.gradients.base[index] += Float(factor) * Float(index % 7 - 3) }
    }
  }

  /// Rates follow the schedule, and a trainer that begins behind three steps makes the fourth as if never stopped.
  @Test func stepsGoOn() throws {
    let (whole, parted) = (try learner(), try learner())
    let all = trainer(whole)
    var first = trainer(parted)
    for step in 0..<6 {
      if step == 3 { first = trainer(parted, steps: first.steps) }
      addGradients(whole.parameters)
      addGradients(parted.parameters)
      let done = try #require(try all.add(loss: 2))
      #expect(done.step == step && done.rate == all.schedule.rate(step) && done.loss == 2)
      #expect(try first.add(loss: 2) == done)
    }
    #expect(whole.parameters.values.array.map(\.bitPattern) == parted.parameters.values.array.map(\.bitPattern))
    #expect(whole.parameters.values.array != (try learner()).parameters.values.array)
  }

  /// A batch without clips counts, but not in the mean; a step without any is none.
  @Test func emptyBatchesMakeNoStep() throws {
    let learner = try learner()
    let trainer = trainer(learner, accumulation: 2)
    let before = learner.parameters.values.array.map(\.bitPattern)
    #expect(try trainer.add(loss: nil) == nil)
    #expect(try trainer.add(loss: nil) == nil)
    #expect(trainer.steps == 0 && learner.parameters.values.array.map(\.bitPattern) == before)
    addGradients(learner.parameters)
    #expect(try trainer.add(loss: 3) == nil)
    #expect(try trainer.add(loss: nil)?.loss == 3)
    #expect(trainer.steps == 1)
  }

  @Test func theMeanOfWeightsFollows() throws {
    let learner = try learner()
    let average = WeightAverage(learner.parameters, decay: 0.75)
    let before = learner.parameters.values.array
    for index in 0..<learner.parameters.values.count { learner.parameters.values.base[index] += 1 }
    average.add()
    let name = learner.parameters.entries[0].name
    let found = try average.store.values(of: name).array
    let worst = zip(found, before).map { abs($0.0 - $0.1 - 0.25) }.max() ?? 1
    #expect(worst < 1e-5)
    // One that was saved goes on, and one of another model is refused.
    let other = WeightAverage(learner.parameters, decay: 0.75)
    try other.restore(average.store)
    #expect(try other.store.values(of: name).array == found)
    #expect(throws: WeightError.self) { try other.restore(MemoryStore()) }
  }

  /// Two halves make one step of their mean.
  @Test func batchesAreGathered() throws {
    let (once, twice) = (try learner(), try learner())
    let (plain, gathering) = (trainer(once), trainer(twice, accumulation: 2))
    // The first step of the warm-up has rate 0.
    for _ in 0..<2 {
      addGradients(once.parameters)
      _ = try plain.add(loss: 3)
      addGradients(twice.parameters, times: gathering.factor)
      #expect(try gathering.add(loss: 2) == nil)
      addGradients(twice.parameters, times: gathering.factor)
      #expect(try gathering.add(loss: 4)?.loss == 3)
    }
    #expect(gathering.steps == 2)
    #expect(once.parameters.values.array == twice.parameters.values.array)
  }

  /// A clipped gradient is as if it had come in scaled down; the norm that is told is the one before.
  @Test func gradientsAreClipped() throws {
    let clipped = try learner()
    let trainer = trainer(clipped, clipping: 1)
    addGradients(clipped.parameters)
    let norm = clipped.parameters.gradientNorm
    #expect(norm > 1)
    #expect(try trainer.add(loss: 1)?.gradientNorm == norm)
    let first = clipped.parameters.first.array.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // The first moment after one step is a tenth of the gradient.
    #expect(abs(first - 0.1) < 1e-4)
  }

  /// The bad tensor is named, and nothing is changed.
  @Test func stopsAtNaN() throws {
    let learner = try learner()
    let trainer = trainer(learner)
    let before = learner.parameters.values.array
    #expect(throws: TrainingDiverged(step: 0, place: .loss)) { try trainer.add(loss: .infinity) }
    let head = try #require(learner.parameters.entries.first { $0.name == "head.weight" })
    learner.parameters.gradients.base[head.range.lowerBound] = .nan
    let error = #expect(throws: TrainingDiverged.self) { try trainer.add(loss: .nan) }
    #expect(error?.place == .gradient(of: "head.weight") && error?.description.contains("head.weight") == true)
    // Of two the first, however late it was spoilt; and before a loss that is finite.
    let block = try #require(learner.parameters.entries.first { $0.name == "encoder_audio.blocks.0.mlp.fc2.bias" })
    learner.parameters.gradients.base[block.range.upperBound - 1] = -.infinity
    let both = #expect(throws: TrainingDiverged.self) { try trainer.add(loss: 1) }
    #expect(both?.place == .gradient(of: block.name))
    // What stands earlier on the way says more.
    let early = #expect(throws: TrainingDiverged.self) { try trainer.add(loss: .nan, bad: .input) }
    #expect(early?.place == .input)
    #expect(learner.parameters.values.array == before)
  }

  /// A bad gradient of a gathered batch is found at the step, though the batches behind it are fine.
  @Test func stopsAtNaNOfAGatheredBatch() throws {
    let learner = try learner()
    let trainer = trainer(learner, accumulation: 3)
    let before = learner.parameters.values.array
    let head = try #require(learner.parameters["head.bias"])
    learner.parameters.gradients.base[head.range.lowerBound] = .infinity
    #expect(try trainer.add(loss: 1) == nil)
    addGradients(learner.parameters)
    #expect(try trainer.add(loss: 1) == nil)
    #expect(throws: TrainingDiverged(step: 0, place: .gradient(of: "head.bias"))) { try trainer.add(loss: 1) }
    // A bad loss is not waited for.
    let other = self.trainer(learner, accumulation: 3)
    #expect(throws: TrainingDiverged(step: 0, place: .loss)) { try other.add(loss: .nan) }
    #expect(learner.parameters.values.array == before && trainer.steps == 0)
  }
}
