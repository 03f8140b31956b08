public import Tensor

/// A pre-norm transformer block: x + attention(norm x), then x + feed-forward(norm x).
public struct Block: Sendable {
  public let attentionNorm, feedForwardNorm: LayerNorm
  public let attention: SelfAttention
  public let feedForward: FeedForward

  public init(_ weights: Weights, width: Int, heads: Int) throws {
    attentionNorm = try LayerNorm(weights["norm1"], width: width)
    attention = try SelfAttention(weights["attn"], width: width, heads: heads)
    feedForwardNorm = try LayerNorm(weights["norm2"], width: width)
    feedForward = try FeedForward(weights["mlp"], width: width)
  }

  /// x (batch · tokens, width) to the same shape.
  public func callAsFunction(_ x: Matrix, batch: Int, _ operations: Operations) -> Matrix {
    operations.scoped(rows: x.rows, columns: x.columns) { y in
      let attended = attention(attentionNorm(x, operations), adding: x, batch: batch, operations)
      feedForward(feedForwardNorm(attended, operations), adding: attended, into: y, operations)
    }
  }
}

/// A block that first looks at a context: x + cross-attention(norm x, norm context), then a ``Block``.
public struct CrossBlock: Sendable {
  public let queryNorm, contextNorm: LayerNorm
  public let crossAttention: CrossAttention
  public let block: Block

  public init(_ weights: Weights, width: Int, heads: Int) throws {
    crossAttention = try CrossAttention(weights["cross_attn"], width: width, heads: heads)
    queryNorm = try LayerNorm(weights["cross_norm1"], width: width)
    contextNorm = try LayerNorm(weights["cross_norm2"], width: width)
    // Its names stand beside ours, not below.
    block = try Block(weights, width: width, heads: heads)
  }

  /// x (batch · tokens, width) to the same shape; context (batch · its tokens, width).
  public func callAsFunction(_ x: Matrix, context: Matrix, batch: Int, _ operations: Operations) -> Matrix {
    let looked = crossAttention(
      queryNorm(x, operations), context: contextNorm(context, operations), adding: x, batch: batch, operations)
    return block(looked, batch: batch, operations)
  }
}
