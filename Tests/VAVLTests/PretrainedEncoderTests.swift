import Files
import Foundation
import HiCMAE
import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training
import VAVL
import VAVLTraining

/// Networks built on the encoders of another architecture.
@Suite struct PretrainedEncoderTests {
  private static let whole = Configuration(dim: 64, videoDepth: 2, audioDepth: 3, fusionDepth: 1, outputs: 3)

  private static func sizes(isFrozen: Bool) -> VAVLSizes {
    func encoder(_ modality: Modality, depth: Int, layers: [Int]) -> ModalityEncoder {
      .pretrained(
        AnyEncoderSizes(HiCMAEEncoderSizes(modality, dim: 64, depth: depth, layers: layers)), isFrozen: isFrozen)
    }
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: encoder(.video, depth: 2, layers: [2]),
      audio: encoder(.audio, depth: 3, layers: [1, 3]))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes) = (1, 1, 3, 3)
    return sizes
  }

  private static func source() throws -> MemoryStore {
    let weights = Weights(fresh: 5)
    _ = try HiCMAEModel(whole, weights)
    var store = MemoryStore()
    for parameter in weights.parameters {
      store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
    }
    return store
  }

  private static var batch: TrainingBatch {
    TrainingBatch(
      video: Matrix(Hashed.video(seed: "s", batch: 2), rows: 2, columns: 3 * 16 * 160 * 160),
      audio: Matrix(Hashed.audio(seed: "s", batch: 2), rows: 2, columns: 256 * 128),
      clips: [RandomKey(seed: 0, epoch: 0, position: 0), RandomKey(seed: 0, epoch: 0, position: 1)],
      key: RandomKey(seed: 0, epoch: 0, position: 0))
  }

  /// The means of a network's own layers are the means of what the encoder gives step by step.
  @Test func givesTheNetworksLayers() throws {
    let (source, batch) = (try Self.source(), Self.batch)
    let model = try HiCMAEModel(Self.whole, Weights(reading: source))
    let operations = Operations()
    var truth: [HiCMAEModel.Stage: [Float]] = [:]
    let logits = Matrix(rows: 2, columns: 3)
    model(video: batch.video, audio: batch.audio, operations, into: logits) { stage, values in
      switch stage {
      case .videoLayer, .audioLayer: truth[stage] = operations.meanOverTokens(values, batch: 2).array
      default: break
      }
    }
    operations.reset()
    let store = try Self.sizes(isFrozen: true).start(from: source, seed: 1, takesHead: false)
    let built = try VAVLModel(Self.sizes(isFrozen: true), Weights(reading: store))
    var worst = WorstDifference()
    for (modality, x, steps, stages) in [
      (Modality.video, batch.video, 8, [HiCMAEModel.Stage.videoLayer(1)]),
      (.audio, batch.audio, 16, [.audioLayer(0), .audioLayer(2)]),
    ] {
      let features = built.features(try #require(x), modality, training: nil, operations)
      #expect(features.rows == 2 * steps && features.columns == 64 * stages.count)
      let means = operations.meanOverTokens(features, batch: 2)
      for (place, stage) in stages.enumerated() {
        for (index, value) in (truth[stage] ?? []).enumerated() {
          worst.see("\(stage)", Double(means[index / 64, place * 64 + index % 64]), Double(value))
        }
      }
      let isVarying = features.rows(0..<1).array != features.rows(1..<2).array
      #expect(isVarying)
    }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  /// Frozen encoders get no gradient and stay; others are trained with the rest.
  @Test(arguments: [true, false]) func isTrained(isFrozen: Bool) throws {
    let sizes = Self.sizes(isFrozen: isFrozen)
    let store = try sizes.start(from: try Self.source(), seed: 1, takesHead: false)
    let learner = try VAVLLearner(sizes, Weights(reading: store))
    let losses = learner.addGradients(
      Self.batch, .classes(Losses.targets(labels: [0, 2], classes: 3, smoothing: 0)))
    #expect(losses.total.isFinite && learner.bad == nil)
    for name in ["video.encoder.patch_embed.proj.weight", "audio.encoder.blocks.1.attn.qkv.weight"] {
      let entry = try #require(learner.parameters[name])
      #expect((learner.parameters.gradientNorm(entry) == 0) == isFrozen, "\(name)")
      #expect(learner.rule(entry).rateFactor == (isFrozen ? 0 : 1))
    }
    let own = try #require(learner.parameters["audio.widen.weight"])
    #expect(learner.parameters.gradientNorm(own) > 0 && learner.rule(own).rateFactor == 1)
  }

  @Test func throughConfigurationAndWeights() throws {
    let sizes = Self.sizes(isFrozen: true)
    let architecture = VAVLArchitecture(families: [HiCMAEArchitecture()])
    let text = JSON.object([.init("sizes", sizes.json.sizes)]).text
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.userInfo[.architecture] = architecture
    let found = try decoder.decode(File.self, from: Data(text.utf8)).sizes
    #expect(AnySizes(found) == sizes, "\(found.summary)")
    #expect(throws: DecodingError.self) {
      decoder.userInfo[.architecture] = VAVLArchitecture()
      _ = try decoder.decode(File.self, from: Data(text.utf8))
    }
    // Weights do not tell that an encoder is frozen, nor which layers are read.
    var plain = Self.sizes(isFrozen: false)
    plain.audio = .pretrained(AnyEncoderSizes(HiCMAEEncoderSizes(.audio, dim: 64, depth: 3)), isFrozen: false)
    let fresh = Weights(fresh: 1)
    _ = try VAVLModel(plain, fresh)
    var store = MemoryStore()
    for parameter in fresh.parameters {
      store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
    }
    let inferred = try architecture.sizes(of: store)
    #expect(AnySizes(inferred) == plain, "\(inferred.summary)")
  }

  private struct File: Decodable {
    let sizes: any NetworkSizes
    init(from decoder: any Decoder) throws {
      let architecture = decoder.userInfo[.architecture] as? VAVLArchitecture
      sizes = try (architecture ?? VAVLArchitecture()).sizes(from: decoder, isPretraining: false)
    }
  }
}

extension CodingUserInfoKey {
  fileprivate static var architecture: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "architecture") else { preconditionFailure("a key") }
    return key
  }
}
