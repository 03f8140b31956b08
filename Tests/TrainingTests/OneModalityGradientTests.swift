import HiCMAE
import HiCMAETraining
import Layers
import Networks
import TestSupport
import Testing
import Training

/// Gradients of whole models of one modality beside differences of the loss.
@Suite(.serialized) struct OneModalityGradientTests {
  /// A picture takes long, so not all of its parameters are tried.
  private func parts(_ modality: Modalities) -> [String] {
    modality == .audio ? [""] : ["patch_embed", "layer_weights", "mask_token", "blocks.0.attn.qkv", "fc_norm"]
  }

  private let batch = HashedBatch(seed: "differences", batch: 2)

  @Test(arguments: [Modalities.audio, .video]) func fineTuning(modality: Modalities) throws {
    let sizes = Configuration(dim: 64, videoDepth: 2, audioDepth: 2, outputs: 3).keeping(modality)
    let learner = try FineTuningLearner(sizes, Weights(fresh: 5), threads: 2)
    let targets = Losses.targets(labels: [2, 0], classes: 3, smoothing: 0.1)
    let found = LossSlopes.worst(learner.parameters, of: parts(modality)) {
      learner.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets)).loss
    }
    #expect(found.value < 0.01, "\(found)")
    print("one modality, fine-tuning: \(found)")
  }

  @Test(arguments: [Modalities.audio, .video]) func pretraining(modality: Modalities) throws {
    let sizes = PretrainingConfiguration(
      backbone: Configuration(dim: 64, videoDepth: 2, audioDepth: 2, outputs: 0).keeping(modality), decoderDim: 64,
      layers: [1, 2])
    let learner = try PretrainingLearner(sizes, Weights(fresh: 5), threads: 2)
    let found = LossSlopes.worst(learner.parameters, of: parts(modality)) {
      learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask).total
    }
    #expect(found.value < 0.01, "\(found)")
    print("one modality, pre-training: \(found)")
  }
}
