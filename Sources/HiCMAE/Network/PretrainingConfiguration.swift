public import Layers
internal import Networks
public import Tensor

/// The sizes of a pre-training model: the backbone's, and the decoders'.
public struct PretrainingConfiguration: Hashable, Sendable {
  /// With `outputs` 0.
  public var backbone: Configuration
  /// Width of the decoders' tokens, a multiple of 64; blocks of each decoder, at least 1.
  public var decoderDim, decoderDepth: Int
  /// Encoder layers, counted from 1 and rising: two modalities are contrasted there, and decoder block i looks at the
  /// i-th last of them.
  public var layers: [Int]
  /// Whether decoder blocks after the first look at encoder layers at all (the paper's ablation).
  public var skips: Bool

  /// - Parameters:
  ///   - backbone: the encoders' sizes.
  ///   - decoderDim: columns of a decoder's token.
  ///   - decoderDepth: where nil, one block more than there are layers.
  ///   - layers: where nil, every third from the last one down, for ten layers 10, 7, 4: no more than decoder blocks.
  ///   - skips: whether decoder blocks after the first look at encoder layers.
  public init(
    backbone: Configuration, decoderDim: Int, decoderDepth: Int? = nil, layers: [Int]? = nil, skips: Bool = true
  ) {
    let depth = backbone.sharedDepth
    let chosen = layers?.sorted() ?? Self.everyThird(depth, atMost: decoderDepth.map { $0 - 1 } ?? 3)
    (self.backbone, self.decoderDim, self.layers, self.skips) = (backbone, decoderDim, chosen, skips)
    self.decoderDepth = decoderDepth ?? chosen.count + 1
  }

  private static func everyThird(_ depth: Int, atMost count: Int) -> [Int] {
    stride(from: depth, through: 1, by: -3).prefix(max(count, 0)).reversed()
  }

  /// The sizes that a checkpoint's names and shapes imply. Which layers were looked at is not in a checkpoint: the usual
  /// ones are taken.
  /// - Throws: `WeightError` saying what does not add up.
  public init(inferredFrom store: any TensorStore) throws(WeightError) {
    let backbone = try Configuration(inferredFrom: store)
    guard backbone.outputs == 0 else { throw .notThisModel("head.weight has no place in a pre-training checkpoint") }
    let suffixes = (backbone.hasVideo ? [""] : []) + (backbone.hasAudio ? ["_audio"] : [])
    let projectionName = "encoder_to_decoder\(suffixes[0]).weight"
    guard let projection = store.shape(of: projectionName), projection.count == 2 else {
      throw .notThisModel("there is no \(projectionName) with two dimensions")
    }
    let decoderDim = projection[0]
    guard decoderDim > 0 && decoderDim % Configuration.headWidth == 0 else {
      throw .notThisModel("its decoder's width is \(decoderDim), not a multiple of \(Configuration.headWidth)")
    }
    let names = store.names
    let depths = try suffixes.map { suffix throws(WeightError) in
      try Configuration.depth(of: "decoder\(suffix).blocks.", in: names)
    }
    let decoderDepth = depths[0]
    guard depths.allSatisfy({ $0 == decoderDepth }) else {
      throw .notThisModel("its decoders have \(depths[0]) video blocks and \(depths[1]) audio blocks")
    }
    let skips =
      decoderDepth == 1
      || suffixes.contains { suffix in
        names.contains { $0.hasPrefix("decoder\(suffix).blocks.") && $0.contains(".cross_attn.") }
      }
    self.init(backbone: backbone, decoderDim: decoderDim, decoderDepth: decoderDepth, skips: skips)
  }

  /// What only training needs to hold.
  /// - Throws: `WeightError` if decoder blocks and layers contradict each other.
  public func check() throws(WeightError) {
    let depth = backbone.sharedDepth
    guard Set(layers).count == layers.count else { throw .notThisModel("a layer stands twice in \(layers)") }
    guard layers.allSatisfy({ 1...max(depth, 1) ~= $0 }) else {
      let encoders = backbone.modalities == .audioVideo ? "of both encoders" : "of the encoder"
      throw .notThisModel("layers \(layers) are not among the \(depth) \(encoders)")
    }
    guard decoderDepth >= 1 && (!skips || layers.count >= decoderDepth - 1) else {
      throw .notThisModel("\(decoderDepth) decoder blocks look at \(layers.count) layers")
    }
  }
}
