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
  public init(
    _ weights: Weights, from inputs: Int, to outputs: Int, bias: Bool = true, fresh: Fresh = .xavierUniform,
    freshBias: Fresh = .zeros
  ) throws {
    weight = try weights.parameter("weight", [outputs, inputs], fresh: fresh)
    self.bias = bias ? try weights.parameter("bias", [outputs], fresh: freshBias) : nil
  }

  /// x (rows, inputs) to (rows, outputs); see ``Tensor/Operations/linear(_:_:bias:adding:then:into:)``.
  @discardableResult
  public func callAsFunction(
    _ x: Matrix, adding residual: Matrix? = nil, then activation: Operations.Activation = .none,
    into y: Matrix? = nil, _ operations: Operations
  ) -> Matrix {
    operations.linear(x, weight.values, bias: bias?.values, adding: residual, then: activation, into: y)
  }
}
