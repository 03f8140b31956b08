public import Tensor

/// Two linear layers with an exact GELU between them.
public struct FeedForward: Sendable {
  public let widen, narrow: Linear

  public init(_ weights: Weights, width: Int, ratio: Int = 4) throws {
    widen = try Linear(weights["fc1"], from: width, to: ratio * width)
    narrow = try Linear(weights["fc2"], from: ratio * width, to: width)
  }

  /// residual, where there is one, + narrow(gelu(widen(norm(x)))), into `y` (rows, width).
  public func callAsFunction(
    _ x: Matrix, normalised norm: LayerNorm, adding residual: Matrix?, into y: Matrix, _ operations: Operations
  ) {
    operations.feedForward(
      x, normalised: norm.rows, widen: widen.weights, narrow: narrow.weights, adding: residual, into: y)
  }
}
