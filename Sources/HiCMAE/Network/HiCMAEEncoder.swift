public import Files
public import Layers
public import Networks
public import Tensor

/// One encoder of a HiCMAE for other networks to build on: chosen layers, normalised, as means over the tokens of every
/// step, side by side. A step is a tubelet of two frames, or a patch of 16 rows.
public struct HiCMAEEncoderSizes: EncoderSizes {
  public var modality: Modality
  /// Width of tokens.
  public var dim: Int
  /// Encoder layers.
  public var depth: Int
  /// Those whose tokens are read, from 1, rising.
  public var layers: [Int]

  public init(_ modality: Modality, dim: Int, depth: Int, layers: [Int]? = nil) {
    (self.modality, self.dim, self.depth, self.layers) = (modality, dim, depth, layers ?? [depth])
  }

  /// Why these are no sizes; nil: they are.
  var problem: String? {
    guard (1...4096).contains(dim), dim.isMultiple(of: Configuration.headWidth), (1...100).contains(depth) else {
      return "has not the sizes of an encoder"
    }
    let rises = zip(layers, layers.dropFirst()).allSatisfy { $0 < $1 }
    guard let first = layers.first, let last = layers.last, rises, first >= 1, last <= depth else {
      return "has layers \(layers), which are not some of 1 to \(depth) in order"
    }
    return nil
  }

  private var grid: PatchGrid { modality == .video ? Configuration.videoGrid : Configuration.audioGrid }
  private var kernel: [Int] {
    let (tubelet, patch) = (Configuration.tubelet, Configuration.patch)
    return modality == .video ? [3, tubelet, patch, patch] : [1, patch, patch]
  }

  public var family: any EncoderFamily { HiCMAEArchitecture() }
  public var input: InputShape {
    modality == .video
      ? .pictures(frames: Configuration.frames, side: Configuration.side)
      : .spectrogram(rows: Configuration.rows, bins: Configuration.bins)
  }
  public var steps: Int {
    modality == .video ? Configuration.frames / Configuration.tubelet : Configuration.rows / Configuration.patch
  }
  public var width: Int { layers.count * dim }
  public var gigaflops: Double {
    let only = Configuration(
      dim: dim, videoDepth: modality == .video ? depth : 0, audioDepth: modality == .audio ? depth : 0, fusionDepth: 0,
      outputs: 0)
    return only.gigaflops
  }
  public var summary: String {
    "\(HiCMAEArchitecture().title) of dim \(dim), depth \(depth), layers \(layers.map(String.init).joined(separator: "-"))"
  }
  public var json: [JSON.Member] {
    [.init("dim", .int(dim)), .init("depth", .int(depth)), .init("layers", .array(layers.map(JSON.int)))]
  }

  public func encoder(_ weights: Weights) throws -> any StepEncoder {
    HiCMAEEncoder(
      stack: try EncoderStack(
        weights, grid: grid, kernel: kernel, dim: dim, depth: depth, exactPatches: modality == .audio),
      steps: steps, layers: layers)
  }

  public func nameInNetwork(_ name: String) -> String { (modality == .video ? "encoder." : "encoder_audio.") + name }
}

/// The encoder with its weights.
struct HiCMAEEncoder: StepEncoder {
  let stack: EncoderStack
  let steps: Int
  let layers: [Int]

  func callAsFunction(_ x: Matrix, _ operations: Operations) -> Matrix {
    let dim = stack.norm.weight.shape[0]
    let y = operations.matrix(rows: x.rows * steps, columns: layers.count * dim)
    func read(_ layer: Int, _ values: Matrix) {
      guard let place = layers.firstIndex(of: layer + 1) else { return }
      // The tokens of a step are neighbours, so steps are sequences here.
      operations.meanOverTokens(values, batch: x.rows * steps, into: y.columns(place * dim..<(place + 1) * dim))
    }
    if layers == [stack.blocks.count] {
      read(stack.blocks.count - 1, stack(x, only: nil, means: nil, dropping: nil, operations) { _, _ in })
    } else {
      // With a place for means every layer is normalised and seen.
      let means = operations.matrix(rows: stack.blocks.count * x.rows, columns: dim)
      _ = stack(x, only: nil, means: means, dropping: nil, operations, tap: read)
    }
    return y
  }
}

extension HiCMAEArchitecture: EncoderFamily {
  public var encoderKind: String { name }

  public func encoder(_ modality: Modality, from decoder: any Decoder) throws -> any EncoderSizes {
    enum Key: String, CodingKey { case dim, depth, layers }
    let container = try decoder.container(keyedBy: Key.self)
    let sizes = HiCMAEEncoderSizes(
      modality, dim: try container.decode(Int.self, forKey: .dim),
      depth: try container.decode(Int.self, forKey: .depth),
      layers: try container.decode([Int].self, forKey: .layers))
    if let problem = sizes.problem {
      throw DecodingError.dataCorruptedError(forKey: .dim, in: container, debugDescription: problem)
    }
    return sizes
  }

  public func encoder(
    _ modality: Modality, of network: any NetworkSizes, layers: [Int]?
  ) throws(WeightError) -> (any EncoderSizes)? {
    let backbone = network as? Configuration ?? (network as? PretrainingConfiguration)?.backbone
    guard let backbone, backbone.modalities.contains(Modalities(modality)) else { return nil }
    let depth = modality == .video ? backbone.videoDepth : backbone.audioDepth
    let sizes = HiCMAEEncoderSizes(modality, dim: backbone.dim, depth: depth, layers: layers)
    if let problem = sizes.problem { throw .notThisModel("its encoder \(problem)") }
    return sizes
  }

  /// The last layer alone is read: weights do not tell which ones another network looks at.
  public func encoder(
    _ modality: Modality, in store: any TensorStore, under prefix: String
  ) throws(WeightError) -> (any EncoderSizes)? {
    guard let patches = store.shape(of: prefix + "patch_embed.proj.weight") else { return nil }
    let sizes = HiCMAEEncoderSizes(
      modality, dim: patches.first ?? 0, depth: try Configuration.depth(of: prefix + "blocks.", in: store.names))
    if let problem = sizes.problem { throw .notThisModel("its encoder \(problem)") }
    return sizes
  }
}
