public import Tensor

/// Normalises every row, then scales and shifts its columns.
public struct LayerNorm: Sendable {
  /// (width) each.
  public let weight, bias: Parameter
  public let epsilon: Float

  public init(_ weights: Weights, width: Int, epsilon: Float = 1e-6) throws {
    weight = try weights.parameter("weight", [width], fresh: .ones)
    bias = try weights.parameter("bias", [width], fresh: .zeros)
    self.epsilon = epsilon
  }

  /// For operations that normalise on the way.
  var rows: RowNorm { RowNorm(weight: weight.values, bias: bias.values, epsilon: epsilon) }

  /// x (rows, width) to the same shape.
  @discardableResult
  public func callAsFunction(_ x: Matrix, into y: Matrix? = nil, _ operations: Operations) -> Matrix {
    operations.layerNorm(x, weight: weight.values, bias: bias.values, epsilon: epsilon, into: y)
  }
}
