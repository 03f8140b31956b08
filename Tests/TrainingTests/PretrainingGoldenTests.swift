import Foundation
import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// Losses and gradients of pre-training beside values computed in float64 by another implementation.
@Suite(.serialized) struct PretrainingGoldenTests {
  /// pretrain_*.json.
  struct Golden: Decodable {
    struct Losses: Decodable { let video, audio, contrastive, total: Double }
    struct Optimiser: Decodable {
      let lr, eps: Double
      let betas: [Double]
      let decay: Double
      enum CodingKeys: String, CodingKey {
        case lr, eps, betas
        case decay = "weight_decay"
      }
    }
    let seed: String
    let dim, batch: Int
    let decoderDim: Int
    /// Layers that decoders look at, from 0.
    let skips: [Int]
    let adamw: Optimiser
    /// Before each step.
    let losses: [Losses]
    /// Before the first step.
    let gradientNorms: [String: Double]

    enum CodingKeys: String, CodingKey {
      case seed, dim, batch, skips, adamw
      case decoderDim = "decoder_dim"
      case losses = "loss_before_step"
      case gradientNorms = "gradient_norm"
    }
  }

  @Test(arguments: ["odd", "tiny"]) func lossesAndGradients(size: String) throws {
    let golden = try GoldenFile.read(Golden.self, "pretrain_\(size).json", of: .module)
    let names = try GoldenFile.names("names_\(size)_pretrain.json", of: .module)
    let store = HashedStore(names, seed: golden.seed)
    let configuration = try PretrainingConfiguration(inferredFrom: store)
    #expect(configuration.layers == golden.skips.map { $0 + 1 } && configuration.decoderDim == golden.decoderDim)
    let learner = try PretrainingLearner(configuration, Weights(reading: store), threads: 2)
    let optimiser = AdamW(
      learner.parameters, beta1: golden.adamw.betas[0], beta2: golden.adamw.betas[1], epsilon: golden.adamw.eps,
      weightDecay: golden.adamw.decay, rule: UpdateRule.pretraining)
    let batch = HashedBatch(seed: golden.seed, batch: golden.batch)

    var losses = WorstDifference()
    for (step, expected) in golden.losses.enumerated() {
      learner.parameters.clearGradients()
      let found = learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
      for (name, value, truth) in [
        ("video", try #require(found.video), expected.video), ("audio", try #require(found.audio), expected.audio),
        ("contrast", found.contrast, expected.contrastive), ("total", found.total, expected.total),
      ] {
        losses.see("\(name) before step \(step)", value, truth, difference: abs(value / truth - 1))
      }
      if step == 0 {
        #expect(learner.parameters.firstBadGradient == nil)
        let norms = compareNorms(learner.parameters, golden.gradientNorms)
        #expect(norms.value < 1e-3, "\(size): gradient norms, \(norms)")
        print("pre-training \(size): gradient norms, relative: \(norms)")
      }
      optimiser.step(rate: golden.adamw.lr, learner.operations)
    }
    #expect(losses.value < 1e-4, "\(size): losses, \(losses)")
    print("pre-training \(size): losses, relative: \(losses)")
  }
}
