public import Tensor

/// y = x · weightᵀ + bias.
public struct Linear: Sendable {
  /// (outputs, inputs).
  public let weight: Parameter
  /// (outputs), or nil.
  public let bias: Parameter?

  /// - Parameters:
  ///   - weights: where `weight` (outputs, inputs) and `bias` (outputs) are.
  ///   - inputs: columns of x.
  ///   - outputs: columns of y.
  ///   - bias: whether there is one.
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

  /// activation(norm(x) · weightᵀ + bias + residual), as `Operations.linear(_:_:bias:adding:then:into:)` does it.
  ///
  /// - Parameters:
  ///   - x: (rows, inputs).
  ///   - norm: runs over the rows first.
  ///   - residual: (rows, outputs), or fewer rows that are repeated.
  ///   - activation: what is done to every sum.
  ///   - y: (rows, outputs), memory of the caller; from the arena if nil.
  ///   - operations: does the work.
  @discardableResult
  public func callAsFunction(
    _ x: Matrix, normalised norm: LayerNorm? = nil, adding residual: Matrix? = nil,
    then activation: Operations.Activation = .none, into y: Matrix? = nil, _ operations: Operations
  ) -> Matrix {
    operations.linear(x, normalised: norm?.rows, weights, adding: residual, then: activation, into: y)
  }
}
