public import Tensor

/// Attention of every token to all tokens of its sequence.
public struct SelfAttention: Sendable {
  public let heads: Int
  /// (3 · width, width): queries, keys and values, one below the other.
  public let queryKeyValue: Parameter
  /// (width) each. Keys have no bias: it would add the same to all of a query's scores.
  public let queryBias, valueBias: Parameter
  public let projection: Linear

  public init(_ weights: Weights, width: Int, heads: Int) throws {
    precondition(heads > 0 && width % heads == 0, "\(width) does not divide into \(heads) heads")
    self.heads = heads
    queryBias = try weights.parameter("q_bias", [width], fresh: .zeros)
    valueBias = try weights.parameter("v_bias", [width], fresh: .zeros)
    queryKeyValue = try weights.product("qkv.weight", [3 * width, width], fresh: .xavierUniform)
    projection = try Linear(weights["proj"], from: width, to: width)
  }

  /// residual, where there is one, + attention within norm(x). Both are (batch · tokens, width), and so is the result.
  public func callAsFunction(
    _ x: Matrix, normalised norm: LayerNorm, adding residual: Matrix?, batch: Int, _ operations: Operations
  ) -> Matrix {
    let width = x.columns
    return operations.scoped(rows: x.rows, columns: width) { y in
      let bias = operations.matrix(rows: 1, columns: 3 * width)
      operations.copy(queryBias.values, into: bias.columns(0..<width))
      operations.copy(nil, into: bias.columns(width..<2 * width))
      operations.copy(valueBias.values, into: bias.columns(2 * width..<3 * width))
      // One product instead of three: x is packed once.
      let all = operations.linear(
        x, normalised: norm.rows, LinearWeights(weight: queryKeyValue.product, bias: bias))
      let (q, k) = (all.columns(0..<width), all.columns(width..<2 * width))
      let attended = operations.attention(q, k, all.columns(2 * width..<3 * width), batch: batch, heads: heads)
      projection(attended, adding: residual, into: y, operations)
    }
  }
}
