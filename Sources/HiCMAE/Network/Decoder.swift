public import Layers
public import Tensor

/// One modality's decoder: the visible tokens and a stand-in for every hidden one, to the hidden patches.
public struct DecoderStack: Sendable {
  /// (1, 1, decoder dim): stands for every hidden patch.
  public let maskToken: Parameter
  /// From the encoder's width to the decoder's, no bias; skip features go through it too.
  public let projection: Linear
  /// Blocks that look at their own tokens only: the first, or all where there are no skips.
  public let plain: [Block]
  /// Each later one looks at an encoder layer, the deepest first.
  public let looking: [CrossBlock]
  public let norm: LayerNorm
  /// To the values of a patch.
  public let head: Linear
  /// (tokens, decoder dim), not learnt and not in checkpoints.
  public let positions: Matrix

  /// - Parameters:
  ///   - configuration: its sizes.
  ///   - suffix: "" for video, "_audio" for audio: what the published names end in.
  ///   - grid: how an input is cut into patches.
  ///   - weights: where the decoder's parameters are.
  public init(_ configuration: PretrainingConfiguration, suffix: String, grid: PatchGrid, _ weights: Weights) throws {
    let dim = configuration.decoderDim
    let heads = dim / Configuration.headWidth
    maskToken = try weights.parameter(
      "mask_token" + suffix, [1, 1, dim], fresh: .truncatedNormal(deviation: 0.02, bound: 0.02))
    projection = try Linear(
      weights["encoder_to_decoder" + suffix], from: configuration.backbone.dim, to: dim, bias: false)
    let decoder = weights["decoder" + suffix]
    let plainCount = configuration.skips ? 1 : configuration.decoderDepth
    plain = try (0..<plainCount).map { try Block(decoder["blocks.\($0)"], width: dim, heads: heads) }
    looking = try (plainCount..<configuration.decoderDepth).map { index in
      try CrossBlock(decoder["blocks.\(index)"], width: dim, heads: heads)
    }
    norm = try LayerNorm(decoder["norm"], width: dim, epsilon: Configuration.epsilon)
    head = try Linear(decoder["head"], from: dim, to: grid.patchValues)
    positions = sinusoids(positions: grid.tokens, width: dim)
  }

  /// The hidden patches, (hidden.places.count, patch values), from the visible tokens.
  ///
  /// - Parameters:
  ///   - tokens: (visible.places.count, dim): fused, or the last encoder layer's where there is one modality alone.
  ///   - skips: encoder layers of the visible tokens, normalised, in the order in which blocks look at them.
  func callAsFunction(_ tokens: Matrix, skips: [Matrix], hiding: Hiding, _ operations: Operations) -> Matrix {
    let (visible, hidden) = (hiding.visible, hiding.hidden)
    precondition(skips.count >= looking.count, "\(looking.count) blocks look at \(skips.count) layers")
    let places = operations.gather(positions, rows: visible.places)
    var x = operations.filled(
      projection(tokens, adding: places, operations), token: maskToken.values, positions: positions, rest: hidden)
    for block in plain { x = block(x, batch: hidden.batch, operations) }
    for (block, skip) in zip(looking, skips) {
      let context = projection(skip, adding: places, operations)
      x = block(x, context: context, batch: hidden.batch, operations)
    }
    // Hidden tokens stand behind the visible ones of their sequence.
    let rows = (0..<hidden.places.count).map { row in
      row / hidden.count * hidden.tokens + visible.count + row % hidden.count
    }
    return head(norm(operations.gather(x, rows: rows), operations), operations)
  }
}
