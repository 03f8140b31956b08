import HiCMAE
import Layers
import Networks
import Tensor
import TestSupport
import Testing

@Suite struct ConfigurationTests {
  /// The published figures, in GFLOP a window.
  @Test func cost() {
    #expect(abs(Configuration.base(outputs: 6).gigaflops - 92.2) < 0.05)
    #expect(abs(Configuration.small(outputs: 6).gigaflops - 55.3) < 0.05)
    #expect(abs(Configuration.tiny(outputs: 6).gigaflops - 27.6) < 0.05)
  }

  /// The size that comes with the project: as bf16 its weights must fit in 8 MB.
  @Test func nano() throws {
    let weights = Weights(fresh: 1)
    _ = try HiCMAEModel(.nano(outputs: 6), weights)
    let parameters = weights.asked.reduce(0) { $0 + $1.1.reduce(1, *) }
    #expect(2 * parameters < 8_000_000, "\(parameters) parameters")
    #expect(Configuration.nano(outputs: 6).gigaflops < 3.5)
  }

  /// What a store of these names and shapes is taken for. No values: inference reads none.
  @Test(arguments: [("tiny", 256, 128), ("small", 384, 192), ("base", 512, 384)])
  func publishedSizes(size: String, dim: Int, decoderDim: Int) throws {
    let tuned = HashedStore(try names("names_\(size)_finetune.json"), seed: "")
    #expect(
      try Configuration(inferredFrom: tuned) == Configuration(dim: dim, outputs: tuned.shape(of: "head.bias")![0]))
    let trained = HashedStore(try names("names_\(size)_pretrain.json"), seed: "")
    #expect(
      try PretrainingConfiguration(inferredFrom: trained)
        == PretrainingConfiguration(backbone: Configuration(dim: dim, outputs: 0), decoderDim: decoderDim))
  }

  /// Every name of a pre-training checkpoint is read, with its shape, and none besides.
  @Test(arguments: ["tiny", "base"]) func pretrainingNames(size: String) throws {
    let expected = try names("names_\(size)_pretrain.json")
    let store = ZeroStore(expected)
    let weights = Weights(reading: store)
    _ = try Pretraining(PretrainingConfiguration(inferredFrom: store), weights)
    #expect(Dictionary(uniqueKeysWithValues: weights.asked) == Dictionary(uniqueKeysWithValues: expected))
  }

  @Test func pretrainingMissesNothing() throws {
    let all = try names("names_tiny_pretrain.json")
    for lost in ["mask_token_audio", "decoder.blocks.2.cross_attn.q_bias", "decoder_audio.head.bias"] {
      let error = #expect(throws: WeightError.self) {
        try Pretraining(reading: ZeroStore(all.filter { $0.name != lost }))
      }
      #expect(error == .unfit(missing: [lost], misshapen: [], unused: []))
    }
    let error = #expect(throws: WeightError.self) {
      try Pretraining(reading: ZeroStore(all + [("decoder.extra", [3])]))
    }
    #expect(error == .unfit(missing: [], misshapen: [], unused: ["decoder.extra"]))
  }

  @Test func aPretrainingCheckpointDoesNotRecognise() throws {
    let store = ZeroStore(try names("names_tiny_pretrain.json"))
    let error = #expect(throws: WeightError.self) { try HiCMAEModel(reading: store) }
    #expect(error?.description.contains("pre-training checkpoint") == true)
  }

  /// Each way in which names and shapes can contradict themselves, and what is said.
  @Test func contradictions() throws {
    let all = try names("names_odd_finetune.json")
    func said(_ change: (inout [String: [Int]]) -> Void) -> String {
      var table = Dictionary(uniqueKeysWithValues: all)
      change(&table)
      do {
        _ = try HiCMAEModel(reading: ZeroStore(table.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(said { _ in } == "nothing")
    #expect(
      said { $0["encoder.patch_embed.proj.weight"] = nil }
        == "not the weights of a HiCMAE: there is no encoder.patch_embed.proj.weight")
    #expect(said { $0["encoder.patch_embed.proj.weight"] = [64, 3, 2, 8, 8] }.contains("[64, 3, 2, 8, 8], expected"))
    #expect(said { $0["encoder.patch_embed.proj.weight"] = [60, 3, 2, 16, 16] }.contains("its width is 60"))
    #expect(said { $0["encoder.blocks.7.norm1.weight"] = [64] }.contains("but no encoder.blocks.3"))
    #expect(said { $0["encoder.blocks.x.norm1.weight"] = [64] }.contains("has no block number"))
    #expect(
      said { $0["encoder_fusion.blocks.1.norm1.weight"] = [64] }.contains("2 video blocks and 1 audio blocks"))
    #expect(said { $0["head.weight"] = [0, 256] }.contains("head.weight is [0, 256]"))
    #expect(said { $0["video_layer_weights"] = [9] }.contains("video_layer_weights is [9], expected [3]"))
    #expect(said { $0["head.bias"] = nil }.contains("missing 1 (head.bias)"))
    #expect(said { $0["teacher.weight"] = [1] }.contains("unknown to the model 1 (teacher.weight)"))
    #expect(said { $0["head.weight"] = nil }.contains("pre-training checkpoint"))
  }

  /// A modality is there if its encoder is; what only the other one has no place for is named.
  @Test(arguments: [Modalities.audio, .video]) func oneSense(modality: Modalities) throws {
    let both = Configuration(dim: 64, videoDepth: 2, audioDepth: 3, fusionDepth: 1, outputs: 5)
    let sizes = both.keeping(modality)
    #expect(sizes.modalities == modality && sizes.featureWidth == 64 && sizes.fusionDepth == 0)
    #expect(sizes.hasVideo == (modality == .video) && sizes.hasAudio == (modality == .audio))
    #expect(sizes.keeping(modality) == sizes && both.keeping(.audioVideo) == both)
    let weights = Weights(fresh: 0)
    _ = try HiCMAEModel(sizes, weights)
    let (kept, suffix) = modality == .audio ? ("encoder_audio.", "audio") : ("encoder.", "video")
    let rest = weights.asked.filter { !$0.name.hasPrefix(kept) }
    #expect(
      Dictionary(uniqueKeysWithValues: rest) == [
        "\(suffix)_layer_weights": [modality == .audio ? 3 : 2], "fc_norm.weight": [64], "fc_norm.bias": [64],
        "head.weight": [5, 64], "head.bias": [5],
      ])
    #expect(try Configuration(inferredFrom: ZeroStore(weights.asked)) == sizes)
    #expect(both.gigaflops > both.keeping(.audio).gigaflops + both.keeping(.video).gigaflops)

    let error = #expect(throws: WeightError.self) {
      try HiCMAEModel(reading: ZeroStore(weights.asked + [("encoder_fusion.norm.weight", [64])]))
    }
    #expect(error == .unfit(missing: [], misshapen: [], unused: ["encoder_fusion.norm.weight"]))
  }

  @Test func freshHead() throws {
    let model = HiCMAEModel(Configuration(dim: 64, videoDepth: 4, audioDepth: 2, fusionDepth: 1, outputs: 6), seed: 9)
    #expect(model.videoLayerWeights?.values.array == [0.25, 0.25, 0.25, 0.25])
    #expect(model.audioLayerWeights?.values.array == [0.5, 0.5])
    let bound = 1 / Float(256).squareRoot()
    #expect(model.head.weight.values.array.allSatisfy { abs($0) <= bound })
    #expect((model.head.weight.values.array.map { abs($0) }.max() ?? 0) > 0.98 * bound)
  }

  /// The hashes are those of the golden values.
  @Test func hashes() throws {
    func value(_ name: String, _ shape: [Int], _ index: Int) -> Double {
      Double(Hashed.parameter(name, shape: shape, seed: "a").array[index])
    }
    #expect(abs(value("encoder.patch_embed.proj.weight", [256, 3, 2, 16, 16], 5) - -0.01598186418) < 1e-11)
    #expect(abs(value("fc_norm.weight", [1024], 7) - 1.09494316578) < 1e-11)
    #expect(abs(value("mask_token_audio", [1, 1, 128], 3) - 0.00607848400) < 1e-11)
  }

  @Test func quantiles() {
    #expect(Benchmark.median(of: [3, 1, 2]) == 2 && Benchmark.median(of: [4, 1, 2, 8]) == 3)
    #expect(Benchmark.quantile(0.95, of: (1...100).map(Double.init)) == 95)
    #expect(Benchmark.quantile(0.95, of: [4]) == 4)
  }

  /// The figures that a benchmark prints follow from its times.
  @Test func benchmark() {
    let model = HiCMAEModel(Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 2), seed: 1)
    let result = Benchmark(model, threads: 2, runs: 3)
    #expect(result.seconds.count == 3 && result.best > 0 && result.best <= result.median && result.median <= result.p95)
    #expect(abs(result.share * result.median * 2 * result.sgemm - model.configuration.gigaflops) < 1e-9)
  }
}

/// Names and shapes, all values zero.
struct ZeroStore: TensorStore {
  let names: [String]
  private let shapes: [String: [Int]]

  init(_ tensors: [(name: String, shape: [Int])]) {
    names = tensors.map(\.name)
    shapes = Dictionary(uniqueKeysWithValues: tensors)
  }

  func shape(of name: String) -> [Int]? { shapes[name] }

  func values(of name: String) throws -> FloatBuffer { FloatBuffer(count: shapes[name]?.reduce(1, *) ?? 0) }
}
