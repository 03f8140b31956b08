public import Tensor

/// Attention of every token to all tokens of another sequence, the context.
public struct CrossAttention: Sendable {
  public let heads: Int
  /// (width, width).
  public let query: Linear
  /// (2 · width, width): keys and values, one below the other.
  public let keyValue: Parameter
  /// (width) each.
  public let queryBias, valueBias: Parameter
  public let projection: Linear

  public init(_ weights: Weights, width: Int, heads: Int) throws {
    precondition(heads > 0 && width % heads == 0, "\(width) does not divide into \(heads) heads")
    self.heads = heads
    queryBias = try weights.parameter("q_bias", [width], fresh: .zeros)
    valueBias = try weights.parameter("v_bias", [width], fresh: .zeros)
    query = try Linear(weights["q"], from: width, to: width, bias: false)
    keyValue = try weights.product("kv.weight", [2 * width, width], fresh: .xavierUniform)
    projection = try Linear(weights["proj"], from: width, to: width)
  }

  /// residual, where there is one, + attention of norm(x), (batch · tokens, width), to contextNorm(context),
  /// (batch · its tokens, width).
  public func callAsFunction(
    _ x: Matrix, normalised norm: LayerNorm, context: Matrix, normalised contextNorm: LayerNorm,
    adding residual: Matrix?, batch: Int, _ operations: Operations
  ) -> Matrix {
    let width = x.columns
    return operations.scoped(rows: x.rows, columns: width) { y in
      let bias = operations.matrix(rows: 1, columns: 2 * width)
      operations.copy(nil, into: bias.columns(0..<width))
      operations.copy(valueBias.values, into: bias.columns(width..<2 * width))
      let q = operations.linear(
        x, normalised: norm.rows, LinearWeights(weight: query.weight.product, bias: queryBias.values))
      let both = operations.linear(
        context, normalised: contextNorm.rows, LinearWeights(weight: keyValue.product, bias: bias))
      let (k, v) = (both.columns(0..<width), both.columns(width..<2 * width))
      projection(operations.attention(q, k, v, batch: batch, heads: heads), adding: residual, into: y, operations)
    }
  }
}
