internal import Glibc
public import Tensor

/// Normalises every column over a batch in training, and by running moments in recognition (Ioffe and Szegedy 2015).
///
/// Where weights are packed, the running moments are folded into the weight that comes before; see
/// `Weights.product(_:_:fresh:exact:folding:)`.
public struct BatchNorm: Sendable {
  /// What stands before the names of its parameters, with its dot.
  public let path: String
  /// (width) each.
  public let weight, bias: Parameter
  /// (width) each; not learnt, but updated in training.
  public let runningMean, runningVariance: Parameter
  public let epsilon: Float
  /// What running moments make of a value: value · scale + shift, (1, width) each.
  public let scale, shift: Matrix
  /// Whether both were folded into what comes before.
  public let isFolded: Bool

  /// The endings of the names that training updates itself.
  public static let runningNames = ["running_mean", "running_var"]

  public init(_ weights: Weights, width: Int, epsilon: Float = 1e-5) throws {
    path = weights.path
    weight = try weights.parameter("weight", [width], fresh: .ones)
    bias = try weights.parameter("bias", [width], fresh: .zeros)
    runningMean = try weights.parameter(Self.runningNames[0], [width], fresh: .zeros)
    runningVariance = try weights.parameter(Self.runningNames[1], [width], fresh: .ones)
    self.epsilon = epsilon
    isFolded = weights.packing != nil
    (scale, shift) = (Matrix(rows: 1, columns: width), Matrix(rows: 1, columns: width))
    if isFolded { fill(scale, shift) }
  }

  private func fill(_ scale: Matrix, _ shift: Matrix) {
    for column in 0..<scale.columns {
      let factor = weight.values[0, column] / (runningVariance.values[0, column] + epsilon).squareRoot()
      scale[0, column] = factor
      shift[0, column] = bias.values[0, column] - runningMean.values[0, column] * factor
    }
  }

  /// x (sequences.rows, width) to the same shape; in recognition only where it is not folded. Padding becomes zero.
  public func callAsFunction(
    _ x: Matrix, _ sequences: PaddedSequences, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    guard let training else {
      // Made again at every pass, because a network in training changes its weights in place.
      let (scale, shift) = (
        operations.matrix(rows: 1, columns: x.columns), operations.matrix(rows: 1, columns: x.columns)
      )
      fill(scale, shift)
      return operations.scaleShift(x, scale: scale, shift: shift, sequences)
    }
    let (y, moments) = operations.batchNorm(
      x, weight: weight.values, bias: bias.values, epsilon: epsilon, sequences)
    training.found(moments, at: path)
    return y
  }
}
