public import Tensor

/// Two linear layers with an exact GELU between them.
public struct FeedForward: Sendable {
  public let widen, narrow: Linear

  public init(_ weights: Weights, width: Int, ratio: Int = 4) throws {
    widen = try Linear(weights["fc1"], from: width, to: ratio * width)
    narrow = try Linear(weights["fc2"], from: ratio * width, to: width)
  }

  /// residual, where there is one, + narrow(gelu(widen(x))), into `y` (rows, width).
  public func callAsFunction(_ x: Matrix, adding residual: Matrix?, into y: Matrix, _ operations: Operations) {
    narrow(widen(x, then: .gelu, operations), adding: residual, into: y, operations)
  }
}
