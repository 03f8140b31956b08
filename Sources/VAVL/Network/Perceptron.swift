package import Layers
package import Tensor

/// A head: a linear layer with ReLU and dropout, one to half the width, and one to the outputs.
public struct Perceptron: Sendable {
  let hidden, narrow, output: Linear
  private let path: String
  /// What a head leaves out in training, whatever the blocks leave out.
  static let dropout = 0.2

  init(_ weights: Weights, from inputs: Int, width: Int, to outputs: Int) throws {
    path = weights.path
    hidden = try Linear(weights["hidden"], from: inputs, to: width, exact: true)
    narrow = try Linear(weights["narrow"], from: width, to: max(width / 2, 1), exact: true)
    output = try Linear(weights["output"], from: max(width / 2, 1), to: outputs, exact: true)
  }

  /// x (batch, inputs) to (batch, outputs).
  package func callAsFunction(
    _ x: Matrix, training: TrainingPass?, into y: Matrix? = nil, _ operations: Operations
  ) -> Matrix {
    var inner = operations.relu(hidden(x, operations))
    if let dropout = training?.dropout, dropout.rate > 0 {
      let own = Dropout(rate: Self.dropout, seed: dropout.seed, first: dropout.first)
      inner = operations.dropout(inner, own.named(path), batch: inner.rows)
    }
    return output(narrow(inner, operations), into: y, operations)
  }
}
