import Models
import TrainingRuns

/// What a fine-tuned model is to answer: classes, attributes, or both, and what they are compared by.
struct OutputChoice {
  /// Empty: not asked for.
  var classes, attributes: [String]
  var loss: RunSettings.Objective.Loss
  /// Of attributes beside classes; nil: there are none.
  var attributeLoss: RunSettings.Objective.Loss?

  /// - Parameters:
  ///   - options: the command's.
  ///   - start: the model that is asked where the options name no outputs.
  /// - Throws: `Failure` where nobody says what the outputs are, or the loss is of the other kind.
  init(_ options: Finetune, _ start: StartingPoint?) throws {
    let (labels, named) = (options.labels, options.attributes)
    if labels == nil && named == nil {
      guard let known = start?.labels else {
        throw Failure(
          .usage,
          "what are the outputs called? give --labels \(Labels.help), or names; or --attributes for a regression")
      }
      let isRegression = start?.task == .regression
      (classes, attributes) = isRegression ? ([], known) : (known, start?.attributes ?? [])
      if let loss = options.objective.loss, (loss == .ce) == isRegression, attributes.isEmpty || isRegression {
        let (from, option) = (options.training.from ?? "", isRegression ? "--labels" : "--attributes")
        throw Failure(
          .usage, "--loss \(loss.rawValue): \(from) tells \(isRegression ? "attributes" : "classes"); give \(option)")
      }
    } else {
      classes = try labels.map { try outputNames($0, option: "--labels") } ?? []
      attributes = try named.map { try outputNames($0, option: "--attributes") } ?? []
    }
    let wanted = options.objective.loss.flatMap { RunSettings.Objective.Loss(rawValue: $0.rawValue) }
    // Beside classes they are trained by agreement; alone by what the published code of regressions minimises.
    loss = classes.isEmpty ? wanted ?? .mse : .ce
    attributeLoss = classes.isEmpty || attributes.isEmpty ? nil : wanted == .mse ? .mse : .ccc
    guard !classes.isEmpty || options.objective.classWeights == .none else {
      throw Failure(.usage, "--class-weights are for classes")
    }
  }

  /// The outputs of the heads that answer first.
  var labels: [String] { classes.isEmpty ? attributes : classes }
  /// Attributes beside classes; nil: none.
  var attributesBeside: [String]? { attributeLoss == nil ? nil : attributes }
}
