import Foundation
import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// Losses and gradients of fine-tuning beside values computed in float64 by another implementation.
@Suite(.serialized) struct FineTuningGoldenTests {
  /// finetune_*.json.
  struct Golden: Decodable {
    struct Case: Decodable {
      let loss: Double
      let gradientNorms: [String: Double]
      enum CodingKeys: String, CodingKey {
        case loss
        case gradientNorms = "gradient_norm"
      }
    }
    let seed: String
    let batch: Int
    let labels: [Int]
    let targets: [[Double]]
    let crossEntropy, mse, ccc: Case
    enum CodingKeys: String, CodingKey {
      case seed, batch, labels, targets, mse, ccc
      case crossEntropy = "cross_entropy_smoothing_0.1"
    }
  }

  @Test(arguments: ["odd", "tiny"]) func lossesAndGradients(size: String) throws {
    let golden = try GoldenFile.read(Golden.self, "finetune_\(size).json", of: .module)
    let store = HashedStore(try GoldenFile.names("names_\(size)_finetune.json", of: .module), seed: golden.seed)
    let configuration = try Configuration(inferredFrom: store)
    let learner = try FineTuningLearner(configuration, Weights(reading: store), threads: 2)
    let batch = HashedBatch(seed: golden.seed, batch: golden.batch)
    let targets = Matrix(
      FloatBuffer(golden.targets.flatMap { $0.map(Float.init) }), rows: golden.batch, columns: configuration.outputs)
    let labels = Losses.targets(labels: golden.labels, classes: configuration.outputs, smoothing: 0.1)

    let cases: [(String, Objective, Golden.Case)] = [
      ("cross-entropy", .classes(labels), golden.crossEntropy), ("MSE", .meanSquaredError(targets), golden.mse),
      ("1 − CCC", .concordance(targets), golden.ccc),
    ]
    for (name, objective, expected) in cases {
      learner.parameters.clearGradients()
      let (loss, _) = learner.addGradients(video: batch.video, audio: batch.audio, objective: objective)
      let error = abs(loss / expected.loss - 1)
      #expect(error < 1e-4, "\(size), \(name): \(loss) instead of \(expected.loss)")
      let norms = compareNorms(learner.parameters, expected.gradientNorms)
      #expect(norms.value < 1e-3, "\(size), \(name): gradient norms, \(norms)")
      print("fine-tuning \(size), \(name): loss, relative: \(error); gradient norms, relative: \(norms)")
    }
  }
}
