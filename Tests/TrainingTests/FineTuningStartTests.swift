import HiCMAE
import HiCMAETraining
import Layers
import Networks
import Tensor
import Testing
import Training

/// What is taken from a model that was trained before, and what is fresh.
@Suite struct FineTuningStartTests {
  private static let sizes = Configuration(dim: 64, videoDepth: 2, audioDepth: 3, fusionDepth: 1, outputs: 4)

  private func pretrained(_ modalities: Modalities = .audioVideo) throws -> any TensorStore {
    var backbone = Self.sizes.keeping(modalities)
    backbone.outputs = 0
    let weights = Weights(fresh: 1)
    _ = try Pretraining(PretrainingConfiguration(backbone: backbone, decoderDim: 64), weights)
    return ParameterSet(weights).store
  }

  private func tuned(_ sizes: Configuration = sizes) throws -> any TensorStore {
    let weights = Weights(fresh: 2)
    _ = try HiCMAEModel(sizes, weights)
    return ParameterSet(weights).store
  }

  private func bits(_ store: any TensorStore, _ name: String) throws -> [UInt32] {
    try store.values(of: name).array.map(\.bitPattern)
  }

  /// Encoders and fusion come from pre-training; the head, its norm and the layers' weights are as fresh ones.
  @Test(arguments: Modalities.choices) func fromPretraining(modalities: Modalities) throws {
    let target = Self.sizes.keeping(modalities)
    let rooms = [
      "encoder.": modalities.hasVideo, "encoder_audio.": modalities.hasAudio,
      "encoder_fusion.": modalities == .audioVideo,
    ]
    var sources = [try pretrained()]
    if modalities != .audioVideo { sources.append(try pretrained(modalities)) }
    for source in sources {
      let start = try FineTuningStart(from: source, to: target, seed: 9)
      let fresh = Weights(fresh: 9)
      _ = try HiCMAEModel(target, fresh)
      #expect(start.names == fresh.asked.map(\.name))
      var taken: Set<String> = []
      for parameter in fresh.parameters {
        let room = rooms.keys.first { parameter.name.hasPrefix($0) }
        if let room { taken.insert(room) }
        let truth =
          room == nil ? parameter.values.array.map(\.bitPattern) : try bits(source, parameter.name)
        #expect(try bits(start, parameter.name) == truth, "\(parameter.name)")
      }
      #expect(taken == Set(rooms.filter(\.value).keys))
      let learner = try FineTuningLearner(target, Weights(reading: start))
      #expect(learner.model.configuration == target)
    }
  }

  /// From a model that recognises, a head comes along only if it is asked for.
  @Test func heads() throws {
    let source = try tuned()
    let other = try FineTuningStart(from: source, to: Self.sizes, seed: 9)
    let same = try FineTuningStart(from: source, to: Self.sizes, seed: 9, takingHead: true)
    for name in ["head.weight", "head.bias"] {
      #expect(try bits(other, name) != bits(source, name))
      #expect(try bits(same, name) == bits(source, name))
    }
    var more = Self.sizes
    more.outputs = 7
    #expect(try FineTuningStart(from: source, to: more, seed: 9).shape(of: "head.bias") == [7])
    let error = #expect(throws: WeightError.self) {
      try FineTuningStart(from: source, to: more, seed: 9, takingHead: true)
    }
    #expect(
      error
        == .unfit(
          missing: [],
          misshapen: [
            .init(name: "head.weight", expected: [7, 256], found: [4, 256]),
            .init(name: "head.bias", expected: [7], found: [4]),
          ], unused: []))
  }

  /// What does not fit is named: modalities that are not there, other widths, other depths.
  @Test func refusals() throws {
    func said(_ source: any TensorStore, _ target: Configuration, takingHead: Bool = false) -> String {
      do {
        _ = try FineTuningStart(from: source, to: target, seed: 9, takingHead: takingHead)
        return "nothing"
      } catch { return "\(error)" }
    }
    let audio = Self.sizes.keeping(.audio)
    #expect(said(try pretrained(), audio) == "nothing")
    #expect(said(try pretrained(.audio), Self.sizes).contains("missing"))
    #expect(said(try pretrained(.video), audio).contains("missing 43 (encoder_audio.patch_embed.proj.weight"))
    var deeper = audio
    deeper.audioDepth = 4
    #expect(said(try pretrained(), deeper).contains("missing 13 (encoder_audio.blocks.3.norm1.weight"))
    var shallower = audio
    shallower.audioDepth = 2
    #expect(said(try pretrained(), shallower).contains("unknown to the model 13 (encoder_audio.blocks.2."))
    var wider = audio
    wider.dim = 128
    #expect(said(try pretrained(), wider).contains("encoder_audio.patch_embed.proj.bias is [64], expected [128]"))
    #expect(said(try pretrained(), audio, takingHead: true).contains("missing 5 (audio_layer_weights"))
  }
}
