public import Layers
public import Tensor

/// One sense's encoder: patches to tokens, then blocks. Every layer is read through the one shared norm.
public struct EncoderStack: Sendable {
  public let embedding: PatchEmbedding
  public let blocks: [Block]
  public let norm: LayerNorm

  public init(_ weights: Weights, grid: PatchGrid, kernel: [Int], dim: Int, depth: Int) throws {
    embedding = try PatchEmbedding(weights["patch_embed"]["proj"], grid: grid, kernel: kernel, width: dim)
    blocks = try (0..<depth).map { index in
      try Block(weights["blocks.\(index)"], width: dim, heads: dim / Configuration.headWidth)
    }
    norm = try LayerNorm(weights["norm"], width: dim, epsilon: Configuration.epsilon)
  }

  /// x (batch, grid.values) to the last layer, normalised: (batch · tokens, dim).
  ///
  /// - Parameters:
  ///   - means: (depth · batch, dim), filled with the mean over tokens of every normalised layer.
  ///   - tap: sees every normalised layer.
  func callAsFunction(
    _ x: Matrix, means: Matrix, _ operations: Operations, tap: (_ layer: Int, _ values: Matrix) -> Void
  ) -> Matrix {
    let batch = x.rows
    return operations.scoped(rows: batch * embedding.grid.tokens, columns: norm.weight.shape[0]) { normalised in
      var tokens = embedding(x, operations)
      for (layer, block) in blocks.enumerated() {
        tokens = block(tokens, batch: batch, operations)
        norm(tokens, into: normalised, operations)
        operations.meanOverTokens(normalised, batch: batch, into: means.rows(layer * batch..<(layer + 1) * batch))
        tap(layer, normalised)
      }
    }
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
    video: Matrix, audio: Matrix, batch: Int, _ operations: Operations
  ) -> (video: Matrix, audio: Matrix) {
    var (video, audio) = (video, audio)
    for (videoBlock, audioBlock) in zip(videoBlocks, audioBlocks) {
      // Both sides read the other's old values.
      (video, audio) = (
        videoBlock(video, context: audio, batch: batch, operations),
        audioBlock(audio, context: video, batch: batch, operations)
      )
    }
    return (videoNorm(video, operations), audioNorm(audio, operations))
  }
}

/// What recognition and pre-training share: both encoders and the fusion.
public struct Backbone: Sendable {
  public let video, audio: EncoderStack
  public let fusion: Fusion

  public init(_ configuration: Configuration, _ weights: Weights) throws {
    let dim = configuration.dim
    video = try EncoderStack(
      weights["encoder"], grid: Configuration.videoGrid,
      kernel: [3, Configuration.tubelet, Configuration.patch, Configuration.patch], dim: dim,
      depth: configuration.videoDepth)
    audio = try EncoderStack(
      weights["encoder_audio"], grid: Configuration.audioGrid, kernel: [1, Configuration.patch, Configuration.patch],
      dim: dim, depth: configuration.audioDepth)
    fusion = try Fusion(weights["encoder_fusion"], dim: dim, depth: configuration.fusionDepth)
  }
}

extension Configuration {
  /// 3 × 16 × 160 × 160 values in tubelets.
  public static let videoGrid = PatchGrid(
    channels: 3, size: (frames, side, side), patch: (tubelet, patch, patch))
  /// 1 × 256 × 128 values in patches.
  public static let audioGrid = PatchGrid(channels: 1, size: (1, rows, bins), patch: (1, patch, patch))
}
