public import Networks
public import Tensor

/// What the outputs of a batch are compared with.
public enum Objective {
  /// (clips, classes), rows sum to 1, or to what the clip counts: smoothed and mixed labels.
  case classes(Matrix)
  /// (clips, attributes).
  case meanSquaredError(Matrix)
  /// (clips, attributes): 1 − CCC.
  case concordance(Matrix)
  /// For networks with heads of both tasks: classes, and an objective of attributes. The row of a clip that has no label of
  /// one of them holds what is no number; such a clip does not train the heads of this task.
  indirect case tasks(classification: Objective, regression: Objective)

  /// The same for all clips of a batch that several processes share.
  public func gathered(by part: BatchPart) -> Objective {
    switch self {
    case .classes(let targets): .classes(part.gathered([targets]))
    case .meanSquaredError(let targets): .meanSquaredError(part.gathered([targets]))
    case .concordance(let targets): .concordance(part.gathered([targets]))
    case .tasks(let classification, let regression):
      .tasks(classification: classification.gathered(by: part), regression: regression.gathered(by: part))
    }
  }

  /// The part that heads of a task are compared with; nil: there is none.
  public subscript(task: Head.Task) -> Objective? {
    switch self {
    case .classes: task == .classification ? self : nil
    case .meanSquaredError, .concordance: task == .regression ? self : nil
    case .tasks(let classification, let regression): task == .classification ? classification : regression
    }
  }

  /// Whether there is something to compare a clip with, where the objective is of one task.
  package func isLabelled(_ clip: Int) -> Bool {
    switch self {
    case .classes(let targets), .meanSquaredError(let targets), .concordance(let targets):
      (0..<targets.columns).allSatisfy { targets[clip, $0].isFinite }
    case .tasks: true
    }
  }

  /// The same for some of the clips, in this order.
  package func clips(_ rows: [Int]) -> Objective {
    func chosen(_ targets: Matrix) -> Matrix {
      let result = Matrix(rows: rows.count, columns: targets.columns)
      for (row, clip) in rows.enumerated() {
        for column in 0..<targets.columns { result[row, column] = targets[clip, column] }
      }
      return result
    }
    return switch self {
    case .classes(let targets): .classes(chosen(targets))
    case .meanSquaredError(let targets): .meanSquaredError(chosen(targets))
    case .concordance(let targets): .concordance(chosen(targets))
    case .tasks(let classification, let regression):
      .tasks(classification: classification.clips(rows), regression: regression.clips(rows))
    }
  }

  /// The loss of outputs (clips, outputs) of one head. Adds `factor` times its derivative to `gradient`.
  public func loss(_ outputs: Matrix, gradient: Matrix, factor: Double = 1) -> Double {
    switch self {
    case .classes(let targets): Losses.crossEntropy(outputs, targets: targets, gradient: gradient, factor: factor)
    case .meanSquaredError(let targets):
      Losses.meanSquaredError(outputs, targets, gradient: gradient, factor: factor)
    case .concordance(let targets): Losses.concordance(outputs, targets, gradient: gradient, factor: factor)
    case .tasks: preconditionFailure("one head is of one task")
    }
  }
}
