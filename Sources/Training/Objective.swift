public import Tensor

/// What the outputs of a batch are compared with.
public enum Objective {
  /// (clips, classes), rows sum to 1, or to what the clip counts: smoothed and mixed labels.
  case classes(Matrix)
  /// (clips, attributes).
  case meanSquaredError(Matrix)
  /// (clips, attributes): 1 − CCC.
  case concordance(Matrix)

  /// The same for all clips of a batch that several processes share.
  public func gathered(by part: BatchPart) -> Objective {
    switch self {
    case .classes(let targets): .classes(part.gathered([targets]))
    case .meanSquaredError(let targets): .meanSquaredError(part.gathered([targets]))
    case .concordance(let targets): .concordance(part.gathered([targets]))
    }
  }

  /// The loss of outputs (clips, outputs). Adds `factor` times its derivative to `gradient`.
  public func loss(_ outputs: Matrix, gradient: Matrix, factor: Double = 1) -> Double {
    switch self {
    case .classes(let targets): Losses.crossEntropy(outputs, targets: targets, gradient: gradient, factor: factor)
    case .meanSquaredError(let targets):
      Losses.meanSquaredError(outputs, targets, gradient: gradient, factor: factor)
    case .concordance(let targets): Losses.concordance(outputs, targets, gradient: gradient, factor: factor)
    }
  }
}
