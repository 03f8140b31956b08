import Glibc
import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import Testing
import TrainingRuns

/// What is minimised, beside numbers worked out from the labels: the head is made to give every clip the same outputs.
@Suite(.serialized) struct ObjectiveTests {
  /// Weights whose head ignores what it reads.
  private func constant(_ outputs: [Float]) throws -> MemoryStore {
    var sizes = ToyList.sizes
    sizes.outputs = outputs.count
    let fresh = Weights(fresh: 3)
    _ = try HiCMAEModel(sizes, fresh)
    var store = MemoryStore()
    for parameter in fresh.parameters {
      let values = parameter.values.buffer
      if parameter.name == "head.weight" { for i in 0..<values.count { values.base[i] = 0 } }
      if parameter.name == "head.bias" { for i in 0..<values.count { values.base[i] = outputs[i] } }
      store.add(parameter.name, shape: parameter.shape, values: values)
    }
    return store
  }

  private func losses(_ toy: ToyList, _ run: String) throws -> [Double] {
    try toy.records(run).compactMap { if case .step(let step) = $0 { step.loss } else { nil } }
  }

  /// Classes 0, 1, 2, 0: a clip of the first counts 4/6, of the others 4/3.
  @Test func classWeightsScaleTheLoss() throws {
    let toy = try ToyList(clips: 4)
    let logits: [Float] = [1, 0, -0.5]
    for weights in [RunSettings.Objective.ClassWeights.none, .balanced] {
      let settings = try toy.finetuning(steps: 4) { settings in
        (settings.optimisation.batch, settings.optimisation.lr) = (1, 0)
        settings.augmentation = AugmentationSettings()
        settings.objective.classWeights = weights
      }
      let run = "\(weights)"
      _ = try toy.run(run, settings, from: constant(logits)).run()
      let all = log(logits.reduce(0) { $0 + exp(Double($1)) })
      let factors = weights == .none ? [1, 1, 1] : [4.0 / 6, 4.0 / 3, 4.0 / 3]
      let wanted = [0, 1, 2, 0].map { label in
        // Smoothed by 0.1 over three classes, and every share counts as its class does, as in PyTorch.
        (0..<3).reduce(0.0) { sum, k in
          sum - factors[k] * ((k == label ? 0.9 : 0) + 0.1 / 3) * (Double(logits[k]) - all)
        }
      }.sorted()
      let found = try losses(toy, run).sorted()
      let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? 9
      #expect(found.count == 4 && worst < 1e-6, "\(run): \(found), not \(wanted)")
    }
  }

  /// The first step's loss by hand, then less of it: an answer that is always the same has a concordance of 0.
  @Test(arguments: [RunSettings.Objective.Loss.mse, .ccc]) func aRegressionLearns(loss: RunSettings.Objective.Loss)
    throws
  {
    let truth = (0..<6).map { [0.2 * Double($0), 0.5 - 0.3 * Double($0 % 2)] }
    let toy = try ToyList { "\(truth[$0][0]) \(truth[$0][1])" }
    let settings = try toy.finetuning(steps: 8) { settings in
      var sizes = ToyList.sizes
      sizes.outputs = 2
      settings.model = .init(sizes)
      (settings.labels, settings.objective) = (["valence", "arousal"], .init(loss))
      (settings.optimisation.batch, settings.optimisation.dropPath) = (6, 0)
      settings.augmentation = AugmentationSettings()
    }
    _ = try toy.run("run", settings, from: constant([0.25, -0.5])).run()
    let found = try losses(toy, "run")
    let error = truth.reduce(0) { $0 + ($1[0] - 0.25) * ($1[0] - 0.25) + ($1[1] + 0.5) * ($1[1] + 0.5) } / 12
    let off = try #require(found.first) - (loss == .mse ? error : 1)
    #expect(abs(off) < 1e-6, "\(found)")
    #expect(try #require(found.last) < 0.8 * found[0], "\(found)")
  }
}
