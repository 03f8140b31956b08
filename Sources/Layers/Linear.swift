public import Tensor

/// y = x · weightᵀ + bias.
public struct Linear: Sendable {
  /// (outputs, inputs).
  public let weight: Parameter
  /// (outputs), or nil.
  public let bias: Parameter?

  /// - Parameters:
  ///   - fresh: of the weight; the published models use Xavier and a bias of zero.
  ///   - freshBias: of the bias.
  ///   - exact: whether it computes in float32 whatever the precision.
  public init(
    _ weights: Weights, from inputs: Int, to outputs: Int, bias: Bool = true, fresh: Fresh = .xavierUniform,
    freshBias: Fresh = .zeros, exact: Bool = false
  ) throws {
    weight = try weights.product("weight", [outputs, inputs], fresh: fresh, exact: exact)
    self.bias = bias ? try weights.parameter("bias", [outputs], fresh: freshBias) : nil
  }

  /// The weight and the bias, for the operations of ``Operations``.
  var weights: LinearWeights { LinearWeights(weight: weight.product, bias: bias?.values) }

  /// x (rows, inputs) to (rows, outputs); see ``Tensor/Operations/linear(_:_:bias:adding:then:into:)``.
  ///
  /// - Parameter norm: runs over the rows first.
  @discardableResult
  public func callAsFunction(
    _ x: Matrix, normalised norm: LayerNorm? = nil, adding residual: Matrix? = nil,
    then activation: Operations.Activation = .none, into y: Matrix? = nil, _ operations: Operations
  ) -> Matrix {
    operations.linear(x, normalised: norm?.rows, weights, adding: residual, then: activation, into: y)
  }
}
