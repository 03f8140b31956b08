public import Layers
internal import Tensor

/// Learned values that stand for a modality which a window does not have. They take the place of what its encoder gives, so
/// nothing of the encoder is computed.
public struct AbsentModality: Sendable {
  /// (dim): one token, in place of all tokens of the last encoder layer, normalised.
  public let token: Parameter
  /// (dim): in place of the summary of the encoder layers that the head reads.
  public let summary: Parameter

  /// - Parameters:
  ///   - weights: where `token` and `summary` are.
  ///   - dim: columns of a token.
  init(_ weights: Weights, dim: Int) throws {
    let fresh = Fresh.truncatedNormal(deviation: 0.02, bound: 0.02)
    token = try weights.parameter("token", [dim], fresh: fresh)
    summary = try weights.parameter("summary", [dim], fresh: fresh)
  }

  /// The modality of a batch: its tokens (batch, dim), one a window.
  /// - Parameter summary: (batch, dim), filled.
  func callAsFunction(into summary: Matrix, _ operations: Operations) -> Matrix {
    let tokens = operations.matrix(rows: summary.rows, columns: summary.columns)
    for row in 0..<summary.rows {
      operations.copy(token.values, into: tokens.rows(row..<row + 1))
      operations.copy(self.summary.values, into: summary.rows(row..<row + 1))
    }
    return tokens
  }
}
