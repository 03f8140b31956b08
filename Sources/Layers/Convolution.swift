public import Tensor

/// A convolution over pictures without a bias, then batch normalisation.
public struct Convolution: Sendable {
  public let grid: ConvolutionGrid
  /// (outputs, kernel, kernel, channels).
  public let weight: Parameter
  public let norm: BatchNorm

  public init(_ weights: Weights, grid: ConvolutionGrid, outputs: Int) throws {
    self.grid = grid
    norm = try BatchNorm(weights["norm"], width: outputs)
    weight = try weights.product(
      "weight", [outputs, grid.kernel, grid.kernel, grid.channels],
      fresh: .uniform(bound: heBound(inputs: grid.patchValues)), folding: norm.scale)
  }

  /// x (batch · grid.places, channels) to (batch · grid.results, outputs).
  public func callAsFunction(
    _ x: Matrix, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    // A kernel of one place that does not move sees what is there already.
    let patches = grid.kernel == 1 && grid.stride == 1 ? x : operations.unfold(x, grid)
    guard !norm.isFolded else {
      return operations.linear(patches, LinearWeights(weight: weight.product, bias: norm.shift))
    }
    let y = operations.linear(patches, LinearWeights(weight: weight.product, bias: nil))
    return norm(y, PaddedSequences(batch: 1, tokens: y.rows), training: training, operations)
  }
}

/// U(−bound, bound) has the variance 2 / inputs, which keeps that of values through a ReLU (He et al. 2015).
func heBound(inputs: Int) -> Float { (6 / Float(inputs)).squareRoot() }
