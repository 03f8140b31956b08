import HiCMAE
import HiCMAETraining
import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training

/// Gradients of whole models of one modality beside differences of the loss.
@Suite(.serialized) struct OneModalityGradientTests {
  /// For every parameter: the loss's slope along its gradient and along an arbitrary direction, by four losses, beside
  /// what the gradient says; relative to the gradient's length. Losses are float32's, so this finds wrong terms, not wrong
  /// digits: the operations' own tests do that.
  /// A picture takes long, so not all of its parameters are tried.
  private func worst(
    _ parameters: ParameterSet, _ modality: Modalities, loss: () -> Double
  ) -> WorstDifference {
    let parts =
      modality == .audio ? [""] : ["patch_embed", "layer_weights", "mask_token", "blocks.0.attn.qkv", "fc_norm"]
    parameters.clearGradients()
    _ = loss()
    let gradients = parameters.gradients.array
    var worst = WorstDifference()
    for entry in parameters.entries where parts.contains(where: { $0.isEmpty || entry.name.contains($0) }) {
      let before = entry.range.map { parameters.values.base[$0] }
      let gradient = entry.range.map { Double(gradients[$0]) }
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let other = Hashed.values(entry.name, count: before.count).array.map(Double.init)
      let otherLength = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let size = before.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let mixed = zip(gradient, other).map { $0 / length + $1 / otherLength }
      let said = zip(gradient, mixed).reduce(0) { $0 + $1.0 * $1.1 }
      // Far enough for float32, near enough for a polynomial of degree 4.
      let step = 0.01 * max(size, 1)
      func at(_ distance: Double) -> Double {
        for (index, place) in entry.range.enumerated() {
          parameters.values.base[place] = Float(Double(before[index]) + distance * mixed[index])
        }
        return loss()
      }
      let slope = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
      for (index, place) in entry.range.enumerated() { parameters.values.base[place] = before[index] }
      worst.see(entry.name, said, slope, difference: abs(said - slope) / length)
    }
    return worst
  }

  private let batch = HashedBatch(seed: "differences", batch: 2)

  @Test(arguments: [Modalities.audio, .video]) func fineTuning(modality: Modalities) throws {
    let sizes = Configuration(dim: 64, videoDepth: 2, audioDepth: 2, outputs: 3).keeping(modality)
    let learner = try FineTuningLearner(sizes, Weights(fresh: 5), threads: 2)
    let targets = Losses.targets(labels: [2, 0], classes: 3, smoothing: 0.1)
    let found = worst(learner.parameters, modality) {
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
    let found = worst(learner.parameters, modality) {
      learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask).total
    }
    #expect(found.value < 0.01, "\(found)")
    print("one modality, pre-training: \(found)")
  }
}
