import Files
import Layers
import Networks
import Tensor
import Training

/// The least that an architecture can be: means of patches, and a linear head for each modality and for both. It knows
/// nothing but the interface.
struct ToyArchitecture: TrainableArchitecture {
  var name: String { "toy" }
  var title: String { "toy" }
  var presets: [String] { ["toy"] }
  var limits: SizeLimits { SizeLimits(widthStep: 1, largest: 64) }

  func recognises(_ store: any TensorStore) -> Bool { store.names.contains { $0.hasPrefix("toy.") } }

  func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    guard let head = store.shape(of: "toy.both.weight"), head.count == 2, head[1] > 0, head[1] % 2 == 0 else {
      throw .notThisModel(title, "there is no toy.both.weight")
    }
    return ToySizes(dim: head[1] / 2, outputs: head[0])
  }

  func sizes(from decoder: any Decoder, isPretraining: Bool) throws -> any NetworkSizes {
    enum Key: String, CodingKey { case sizes }
    return try decoder.container(keyedBy: Key.self).decode(ToySizes.self, forKey: .sizes)
  }

  func sizes(for request: SizeRequest) -> (any NetworkSizes)? {
    request.preset == "toy" ? ToySizes(dim: request.width ?? 8, outputs: request.outputs) : nil
  }

  func sizes(ofRun decoder: any Decoder) throws -> any TrainableSizes { try ToySizes(from: decoder) }
}

struct ToySizes: FineTunableSizes, Codable {
  var dim, outputs: Int

  static let pictures = PatchGrid(channels: 3, size: (16, 160, 160), patch: (4, 40, 40))
  static let sounds = PatchGrid(channels: 1, size: (1, 256, 128), patch: (1, 32, 32))

  var architecture: any Architecture { ToyArchitecture() }
  var inputs: InputShapes {
    InputShapes(video: .pictures(frames: 16, side: 160), audio: .spectrogram(rows: 256, bins: 128))
  }
  var heads: [Head] {
    [("both", Modalities.audioVideo), ("audio", .audio), ("video", .video)].map {
      Head(name: $0.0, modalities: $0.1, outputs: outputs)
    }
  }
  var width: Int { dim }
  var summary: String { "dim \(dim), \(outputs) outputs" }
  var details: String { "dim \(dim)" }
  var gigaflops: Double {
    let patches = Double(Self.pictures.values + Self.sounds.values) * Double(dim)
    return 2e-9 * (patches + Double(4 * dim * outputs))
  }
  var json: (sizes: JSON, more: [JSON.Member]) { (["dim": .int(dim), "outputs": .int(outputs)], []) }

  func network(_ weights: Weights) throws -> any Network { try ToyNetwork(self, weights) }
  func prove(_ store: any TensorStore) throws { _ = try ToyNetwork(self, Weights(reading: store)) }

  // MARK: Training

  struct Unknown: Error, CustomStringConvertible { let description = "a toy is not pre-trained" }

  func encode(forRun encoder: any Encoder) throws { try encode(to: encoder) }
  func pretraining(_ request: PretrainingRequest) throws -> any PretrainableSizes { throw Unknown() }
  func fineTuning(_ request: FineTuningRequest) -> any FineTunableSizes {
    ToySizes(dim: dim, outputs: request.outputs)
  }

  func start(from source: (any TensorStore)?, seed: UInt64, takesHead: Bool) throws -> any TensorStore {
    let fresh = Weights(fresh: seed)
    _ = try ToyNetwork(self, fresh)
    guard let source else { return fresh.store }
    var store = MemoryStore()
    for parameter in fresh.parameters {
      let isTaken = takesHead || parameter.name.contains("patches")
      let values = isTaken ? try source.values(of: parameter.name) : parameter.values.buffer
      store.add(parameter.name, shape: parameter.shape, values: values)
    }
    return store
  }

  func learner(_ weights: any TensorStore, _ settings: FineTuningSettings) throws -> any SupervisedLearner {
    try ToyLearner(self, Weights(reading: weights), threads: settings.threads)
  }
}
