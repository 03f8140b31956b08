public import Layers
public import Tensor

/// One modality's encoder: patches to tokens, then blocks. Every layer is read through the one shared norm.
public struct EncoderStack: Sendable {
  public let embedding: PatchEmbedding
  public let blocks: [Block]
  public let norm: LayerNorm

  /// - Parameters:
  ///   - weights: where the stack's parameters are.
  ///   - grid: how an input is cut into patches.
  ///   - kernel: the shape of the patch weight after its first dimension.
  ///   - dim: columns of a token.
  ///   - depth: the number of blocks.
  ///   - exactPatches: whether patches become tokens in float32 whatever the precision.
  public init(
    _ weights: Weights, grid: PatchGrid, kernel: [Int], dim: Int, depth: Int, exactPatches: Bool = false
  ) throws {
    embedding = try PatchEmbedding(
      weights["patch_embed"]["proj"], grid: grid, kernel: kernel, width: dim, exact: exactPatches)
    blocks = try (0..<depth).map { index in
      try Block(weights["blocks.\(index)"], width: dim, heads: dim / Configuration.headWidth)
    }
    norm = try LayerNorm(weights["norm"], width: dim, epsilon: Configuration.epsilon)
  }

  /// x (batch, grid.values) to the last layer, normalised: (batch · tokens, dim).
  ///
  /// - Parameters:
  ///   - kept: the only tokens that are computed; nil: all.
  ///   - means: (depth · batch, dim), filled with the mean over tokens of every normalised layer; or nil.
  ///   - tap: sees every normalised layer; only the last without `means`.
  func callAsFunction(
    _ x: Matrix, only kept: KeptTokens?, means: Matrix?, dropping: DropPath?, _ operations: Operations,
    tap: (_ layer: Int, _ values: Matrix) -> Void
  ) -> Matrix {
    let batch = x.rows
    let rows = kept?.choice.places.count ?? batch * embedding.grid.tokens
    return operations.scoped(rows: rows, columns: norm.weight.shape[0]) { last in
      var tokens = kept.map { embedding(x, visible: $0.choice, operations) } ?? embedding(x, operations)
      for (layer, block) in blocks.enumerated() {
        tokens = block(tokens, batch: batch, dropping: dropping?.ramp(layer, of: blocks.count), operations)
        let isLast = layer == blocks.count - 1
        guard means != nil || isLast else { continue }
        // One place serves all layers in turn, unless all of them are wanted later.
        let normalised = norm(tokens, into: isLast || !operations.isRecorded ? last : nil, operations)
        if let means {
          operations.mean(normalised, kept, batch: batch, into: means.rows(layer * batch..<(layer + 1) * batch))
        }
        tap(layer, normalised)
      }
    }
  }

  /// As above, and the modality's summary (batch, dim): the layers' means over tokens, summed with the softmax of
  /// `shares` as weights, or the last layer's mean where there are none.
  func summarised(
    _ x: Matrix, only kept: KeptTokens? = nil, shares: Parameter?, into summary: Matrix, dropping: DropPath?,
    _ operations: Operations, tap: (_ layer: Int, _ values: Matrix) -> Void
  ) -> Matrix {
    guard let shares else {
      let last = self(x, only: kept, means: nil, dropping: dropping, operations, tap: tap)
      operations.mean(last, kept, batch: x.rows, into: summary)
      return last
    }
    let means = operations.matrix(rows: blocks.count * x.rows, columns: summary.columns)
    let last = self(x, only: kept, means: means, dropping: dropping, operations, tap: tap)
    operations.weightedSum(means, weights: operations.softmax(shares.values), into: summary)
    return last
  }

  /// The visible tokens' way: x (batch, grid.values) to some layers, normalised, each (visible.places.count, dim).
  ///
  /// - Parameters:
  ///   - visible: the only tokens that are computed at all.
  ///   - layers: counted from 1.
  func callAsFunction(_ x: Matrix, visible: TokenChoice, layers: Set<Int>, _ operations: Operations) -> [Int: Matrix] {
    var tokens = embedding(x, visible: visible, operations)
    var result: [Int: Matrix] = [:]
    for (index, block) in blocks.enumerated() {
      tokens = block(tokens, batch: x.rows, operations)
      if layers.contains(index + 1) { result[index + 1] = norm(tokens, operations) }
    }
    return result
  }
}

/// Two stacks in step, each looking at the other (section 3.3 of the paper).
public struct Fusion: Sendable {
  public let videoBlocks, audioBlocks: [CrossBlock]
  public let videoNorm, audioNorm: LayerNorm

  public init(_ weights: Weights, dim: Int, depth: Int) throws {
    let heads = dim / Configuration.headWidth
    videoBlocks = try (0..<depth).map { try CrossBlock(weights["blocks.\($0)"], width: dim, heads: heads) }
    audioBlocks = try (0..<depth).map { try CrossBlock(weights["blocks_audio.\($0)"], width: dim, heads: heads) }
    videoNorm = try LayerNorm(weights["norm"], width: dim, epsilon: Configuration.epsilon)
    audioNorm = try LayerNorm(weights["norm_audio"], width: dim, epsilon: Configuration.epsilon)
  }

  /// The last encoder layers, normalised, to fused tokens, normalised.
  func callAsFunction(
    video: Matrix, audio: Matrix, batch: Int, dropping: DropPath? = nil, _ operations: Operations
  ) -> (video: Matrix, audio: Matrix) {
    var (video, audio) = (video, audio)
    for (layer, (videoBlock, audioBlock)) in zip(videoBlocks, audioBlocks).enumerated() {
      let dropping = dropping?.ramp(layer, of: videoBlocks.count)
      // Both sides read the other's old values.
      (video, audio) = (
        videoBlock(video, context: audio, batch: batch, dropping: dropping, operations),
        audioBlock(audio, context: video, batch: batch, dropping: dropping, operations)
      )
    }
    return (videoNorm(video, operations), audioNorm(audio, operations))
  }
}

/// What recognition and pre-training share: an encoder of each modality that there is, and the fusion of both.
public struct Backbone: Sendable {
  /// At least one.
  public let video, audio: EncoderStack?
  /// Where both modalities are.
  public let fusion: Fusion?

  public init(_ configuration: Configuration, _ weights: Weights) throws {
    let dim = configuration.dim
    precondition(configuration.hasVideo || configuration.hasAudio, "a model without modalities")
    video =
      configuration.hasVideo
      ? try EncoderStack(
        weights["encoder"], grid: Configuration.videoGrid,
        kernel: [3, Configuration.tubelet, Configuration.patch, Configuration.patch], dim: dim,
        depth: configuration.videoDepth) : nil
    audio =
      configuration.hasAudio
      ? try EncoderStack(
        weights["encoder_audio"], grid: Configuration.audioGrid, kernel: [1, Configuration.patch, Configuration.patch],
        dim: dim, depth: configuration.audioDepth,
        // Because a spectrogram has whole patches of nearly equal values (silence, no sound yet), whose rounding errors
        // add up instead of cancelling: in bf16 they were five sixths of an answer's, for a thousandth of the work.
        exactPatches: true) : nil
    if video != nil && audio != nil {
      fusion = try Fusion(weights["encoder_fusion"], dim: dim, depth: configuration.fusionDepth)
    } else {
      precondition(configuration.fusionDepth == 0, "one modality and \(configuration.fusionDepth) fusion blocks")
      fusion = nil
    }
  }
}

extension Configuration {
  /// 3 × 16 × 160 × 160 values in tubelets.
  public static let videoGrid = PatchGrid(
    channels: 3, size: (frames, side, side), patch: (tubelet, patch, patch))
  /// 1 × 256 × 128 values in patches.
  public static let audioGrid = PatchGrid(channels: 1, size: (1, rows, bins), patch: (1, patch, patch))
}
