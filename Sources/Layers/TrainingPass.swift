public import Tensor

/// What a pass does in training alone: some values are left out, and batch normalisation looks at the batch. Recognition
/// has none.
public final class TrainingPass {
  /// nil: nothing is left out.
  public let dropout: Dropout?
  /// What every batch normalisation found, by the path of its weights, in the order of the pass; memory of the operations.
  public private(set) var moments: [(path: String, moments: BatchMoments)] = []

  public init(dropout: Dropout? = nil) { self.dropout = dropout }

  func found(_ moments: BatchMoments, at path: String) { self.moments.append((path, moments)) }

  /// x (batch · tokens, width) with the chances of this place in the network.
  package func dropping(_ x: Matrix, at path: String, batch: Int, _ operations: Operations) -> Matrix {
    guard let dropout, dropout.rate > 0 else { return x }
    return operations.dropout(x, dropout.named(path), batch: batch)
  }
}

extension Linear {
  /// residual, where there is one, + the layer's results, of which training leaves some out: into `y` (rows, outputs).
  func dropping(
    _ x: Matrix, _ training: TrainingPass?, at path: String, adding residual: Matrix?, batch: Int, into y: Matrix,
    _ operations: Operations
  ) {
    guard let training, training.dropout != nil else {
      self(x, adding: residual, into: y, operations)
      return
    }
    let branch = training.dropping(self(x, operations), at: path, batch: batch, operations)
    if let residual {
      operations.scaledSum(branch, factors: [1], adding: residual, into: y)
    } else {
      operations.copy(branch, into: y)
    }
  }
}
