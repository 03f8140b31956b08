public import Tensor

/// A linear layer without a bias over patches of pictures, then batch normalisation.
public struct NormalisedPatches: Sendable {
  /// (outputs, …), all values of a patch.
  public let weight: Parameter
  public let norm: BatchNorm

  /// - Parameters:
  ///   - weights: where `weight` and `norm` are.
  ///   - patch: the weight's shape after its first dimension, as the checkpoint has it.
  ///   - outputs: columns of the result.
  public init(_ weights: Weights, patch: [Int], outputs: Int) throws {
    norm = try BatchNorm(weights["norm"], width: outputs)
    // The variance 2 / inputs keeps that of values through a ReLU (He et al. 2015).
    let bound = (6 / Float(patch.reduce(1, *))).squareRoot()
    weight = try weights.product("weight", [outputs] + patch, fresh: .uniform(bound: bound), folding: norm.scale)
  }

  /// patches (rows, values of a patch) to (rows, outputs).
  public func callAsFunction(_ patches: Matrix, training: TrainingPass?, _ operations: Operations) -> Matrix {
    guard !norm.isFolded else {
      return operations.linear(patches, LinearWeights(weight: weight.product, bias: norm.shift))
    }
    let y = operations.linear(patches, LinearWeights(weight: weight.product, bias: nil))
    return norm(y, PaddedSequences(batch: 1, tokens: y.rows), training: training, operations)
  }
}

/// A convolution over pictures without a bias, then batch normalisation. Its weight is (outputs, kernel, kernel, channels).
public struct Convolution: Sendable {
  public let grid: ConvolutionGrid
  public let patches: NormalisedPatches

  public init(_ weights: Weights, grid: ConvolutionGrid, outputs: Int) throws {
    self.grid = grid
    patches = try NormalisedPatches(weights, patch: [grid.kernel, grid.kernel, grid.channels], outputs: outputs)
  }

  /// x (batch · grid.places, channels) to (batch · grid.results, outputs).
  public func callAsFunction(
    _ x: Matrix, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    patches(operations.unfold(x, grid), training: training, operations)
  }
}
