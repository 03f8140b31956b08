import Glibc
import HiCMAE
import HiCMAETraining
import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training

/// Models of one modality beside those of both.
@Suite(.serialized) struct OneModalityTests {
  static let both = Configuration(dim: 64, videoDepth: 2, audioDepth: 3, fusionDepth: 1, outputs: 3)
  private static let modalities: [Modalities] = [.audio, .video]

  /// The layers of one modality are those of the model of both with the same weights, bit for bit; the feature is the norm
  /// of their means, weighted by their shares; and what the model lacks may be given or not.
  @Test(arguments: modalities) func featuresOfTheSameEncoder(modality: Modalities) throws {
    let whole = try FineTuningLearner(Self.both, Weights(fresh: 3)).parameters.store
    let sizes = Self.both.keeping(modality)
    let model = try HiCMAEModel(sizes, Weights(reading: FineTuningStart(from: whole, to: sizes, seed: 4)))
    let batch = HashedBatch(seed: "modalities", batch: 2)
    func layers(_ model: HiCMAEModel, video: Matrix?, audio: Matrix?) -> (
      layers: [HiCMAEModel.Stage: [Float]], feature: Matrix
    ) {
      var layers: [HiCMAEModel.Stage: [Float]] = [:]
      var feature = Matrix(rows: 2, columns: model.configuration.featureWidth)
      let logits = Matrix(rows: 2, columns: 3)
      model(video: video, audio: audio, Operations(), into: logits) { stage, values in
        switch stage {
        case .videoLayer where modality == .video, .audioLayer where modality == .audio: layers[stage] = values.array
        case .parts: break
        case .feature: feature = Matrix(FloatBuffer(values.array), rows: 2, columns: values.columns)
        default: #expect(model.configuration == Self.both, "\(stage)")
        }
      }
      return (layers, feature)
    }
    let reference = layers(try HiCMAEModel(reading: whole), video: batch.video, audio: batch.audio)
    let alone = layers(
      model, video: modality == .video ? batch.video : nil, audio: modality == .audio ? batch.audio : nil)
    #expect(alone.layers == reference.layers && alone.layers.count == max(sizes.videoDepth, sizes.audioDepth))
    #expect(layers(model, video: batch.video, audio: batch.audio).feature.array == alone.feature.array)

    // Fresh shares are equal, and a fresh norm only normalises.
    var worst = WorstDifference()
    for clip in 0..<2 {
      let means = (0..<64).map { column in
        alone.layers.values.reduce(0.0) { sum, values in
          let tokens = values.count / 128
          return sum
            + (0..<tokens).reduce(0.0) { $0 + Double(values[(clip * tokens + $1) * 64 + column]) }
            / Double(tokens * alone.layers.count)
        }
      }
      let mean = means.reduce(0, +) / 64
      let deviation = (means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 64 + 1e-6).squareRoot()
      for column in 0..<64 {
        worst.see("feature \(column)", Double(alone.feature[clip, column]), (means[column] - mean) / deviation)
      }
    }
    #expect(worst.value < 1e-4, "\(worst)")
  }

  /// A model of both whose fusion adds nothing says about one modality what the model of that modality alone says: the decoder
  /// starts from the last layer, looks at the same layers, and there is nothing to contrast.
  @Test(arguments: modalities) func pretrainingOfOne(modality: Modalities) throws {
    var backbone = Configuration(dim: 64, videoDepth: 4, audioDepth: 4, fusionDepth: 1, outputs: 0)
    let whole = try PretrainingLearner(
      PretrainingConfiguration(backbone: backbone, decoderDim: 64), Weights(fresh: 3))
    for entry in whole.parameters.entries where entry.name.hasPrefix("encoder_fusion.blocks") {
      // What every residual branch ends in; fresh biases are zero.
      if entry.name.hasSuffix("proj.weight") || entry.name.hasSuffix("fc2.weight") {
        for place in entry.range { whole.parameters.values.base[place] = 0 }
      }
    }
    backbone = backbone.keeping(modality)
    let configuration = PretrainingConfiguration(backbone: backbone, decoderDim: 64)
    var store = MemoryStore()
    let names = Weights(fresh: 0)
    _ = try Pretraining(configuration, names)
    for (name, shape) in names.asked {
      store.add(name, shape: shape, values: try whole.parameters.store.values(of: name))
    }
    #expect(try PretrainingConfiguration(inferredFrom: store) == configuration)
    let alone = try PretrainingLearner(configuration, Weights(reading: store))
    let batch = HashedBatch(seed: "one", batch: 2)
    let both = whole.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
    let one = alone.addGradients(
      video: modality == .video ? batch.video : nil, audio: modality == .audio ? batch.audio : nil, mask: batch.mask)
    let (found, truth, absent) =
      modality == .video ? (one.video, both.video, one.audio) : (one.audio, both.audio, one.video)
    #expect(absent == nil && one.contrast == 0 && both.contrast > 0 && one.total == found)
    #expect(try abs(#require(found) / #require(truth) - 1) < 1e-5)
    for entry in alone.parameters.entries { #expect(alone.parameters.gradientNorm(entry) > 0, "\(entry.name)") }
  }

  /// Two steps with 1 and 2 threads leave the same weights, bit for bit, and the loss falls.
  @Test(arguments: modalities) func fineTuningOfOne(modality: Modalities) throws {
    let sizes = Self.both.keeping(modality)
    let batch = HashedBatch(seed: "tuning", batch: 2)
    let targets = Losses.targets(labels: [2, 0], classes: 3, smoothing: 0.1)
    let runs = try (1...2).map { threads in
      let learner = try FineTuningLearner(sizes, Weights(fresh: 7), threads: threads)
      let optimiser = AdamW(learner.parameters, beta2: 0.999) { .fineTuning($0, sizes) }
      let losses = (0..<3).map { _ in
        learner.parameters.clearGradients()
        let loss = learner.addGradients(
          video: modality == .video ? batch.video : nil, audio: modality == .audio ? batch.audio : nil,
          objective: .classes(targets), dropping: DropPath(rate: 0.1, seed: 2)
        ).loss
        optimiser.step(rate: 1e-3, learner.operations)
        return loss
      }
      #expect(losses[2] < losses[0])
      return learner.parameters.values.array.map(\.bitPattern)
    }
    #expect(runs[0] == runs[1])
  }

  /// Without fusion the encoder's blocks are followed by the head.
  @Test func layerDecay() throws {
    let sizes = Configuration(dim: 64, videoDepth: 0, audioDepth: 3, fusionDepth: 0, outputs: 3)
    let learner = try FineTuningLearner(sizes, Weights(fresh: 7))
    func rate(_ name: String) throws -> Double {
      UpdateRule.fineTuning(try #require(learner.parameters[name]), sizes, layerDecay: 0.5).rateFactor
    }
    #expect(try rate("encoder_audio.patch_embed.proj.weight") == 0.0625)
    #expect(try rate("encoder_audio.blocks.2.mlp.fc1.weight") == 0.5)
    #expect(try rate("encoder_audio.norm.weight") == 1 && rate("head.weight") == 1)
  }
}
