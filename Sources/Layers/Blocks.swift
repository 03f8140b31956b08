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
  public func callAsFunction(
    _ x: Matrix, batch: Int, dropping: DropPath? = nil, _ operations: Operations
  ) -> Matrix {
    operations.scoped(rows: x.rows, columns: x.columns) { y in
      if let dropping {
        let branch = attention(x, normalised: attentionNorm, adding: nil, batch: batch, operations)
        let attended = operations.scaledSum(
          branch, factors: dropping.factors(attention.projection.weight, batch: batch), adding: x)
        let fed = operations.matrix(rows: x.rows, columns: x.columns)
        feedForward(attended, normalised: feedForwardNorm, adding: nil, into: fed, operations)
        operations.scaledSum(
          fed, factors: dropping.factors(feedForward.narrow.weight, batch: batch), adding: attended, into: y)
        return
      }
      let attended = attention(x, normalised: attentionNorm, adding: x, batch: batch, operations)
      feedForward(attended, normalised: feedForwardNorm, adding: attended, into: y, operations)
    }
  }
}

/// A block with cross-attention to a context first: x + cross-attention(norm x, norm context), then a ``Block``.
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
  public func callAsFunction(
    _ x: Matrix, context: Matrix, batch: Int, dropping: DropPath? = nil, _ operations: Operations
  ) -> Matrix {
    var looked = crossAttention(
      x, normalised: queryNorm, context: context, normalised: contextNorm, adding: dropping == nil ? x : nil,
      batch: batch, operations)
    if let dropping {
      looked = operations.scaledSum(
        looked, factors: dropping.factors(crossAttention.projection.weight, batch: batch), adding: x)
    }
    return block(looked, batch: batch, dropping: dropping, operations)
  }
}
