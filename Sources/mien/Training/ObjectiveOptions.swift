import ArgumentParser
import Logging
import Models
import Training
import TrainingRuns

/// What fine-tuning minimises.
struct ObjectiveOptions: ParsableArguments {
  enum Loss: String, ExpressibleByArgument, CaseIterable { case ce, mse, ccc }
  enum ClassWeights: String, ExpressibleByArgument, CaseIterable { case none, balanced }

  @Option(
    help:
      "ce for classes; mse or ccc (1 - concordance) for attributes. (default: ce, or mse; ccc for attributes beside classes)"
  ) var loss: Loss?
  @Option(
    help: ArgumentHelp(
      "Part of every label that all classes share. \(RecipeWords.defaults { "\($0.labelSmoothing)" })"))
  var labelSmoothing: Double?
  @Option(help: "balanced: every class counts the same, however many clips it has.") var classWeights = ClassWeights
    .none
  @Option(
    help: ArgumentHelp(
      "Leave this share of the classes' own frequencies out of the answers (logit adjustment), so that a class with few clips "
        + "is not overlooked; each head by the clips that it learns from. 1: as if all classes were equally frequent.",
      valueName: "0...1"))
  var priorShare = 0.0
  @Flag(help: "Train although a class has no clip.") var allowEmptyClasses = false

  /// - Parameters:
  ///   - hasLabels: whether classes are named.
  ///   - hasAttributes: whether attributes are.
  ///   - batch: clips of a batch.
  func check(hasLabels: Bool, hasAttributes: Bool, batch: Int) throws {
    func check(_ holds: Bool, _ sentence: String) throws { if !holds { throw ValidationError(sentence) } }
    try check(!hasAttributes || loss != .ce, "--loss ce is for classes.")
    try check(
      !hasLabels || hasAttributes || loss == nil || loss == .ce, "--loss \(loss?.rawValue ?? "") is for --attributes.")
    try check(loss != .ccc || batch > 1, "--loss ccc needs batches of 2 clips or more.")
    try check(!hasAttributes || hasLabels || classWeights == .none, "--class-weights are for classes.")
    try check((0...1).contains(priorShare), "--prior-share must be from 0 to 1.")
    try check(
      priorShare == 0 || classWeights == .none, "--prior-share and --class-weights are two ways to the same; give one.")
  }

  /// - Parameters:
  ///   - outputs: what is answered.
  ///   - smoothing: that of the architecture's recipe.
  func settings(_ outputs: OutputChoice, smoothing: Double) -> RunSettings.Objective {
    var objective = RunSettings.Objective(outputs.loss)
    objective.attributeLoss = outputs.attributeLoss
    guard !outputs.classes.isEmpty else { return objective }
    objective.labelSmoothing = labelSmoothing ?? smoothing
    objective.classWeights = .init(rawValue: classWeights.rawValue) ?? .none
    objective.priorShare = priorShare > 0 ? priorShare : nil
    return objective
  }

  /// Every class has a clip; before hours of training.
  func check(_ found: ClassCounts, _ names: [String], of data: String, _ log: Logger) throws {
    let empty = names.indices.filter { found.counts[$0] == 0 }.map { "\($0) (\(names[$0]))" }
    guard !empty.isEmpty else { return }
    let line = "\(data): no clip of class \(empty.joined(separator: ", "))"
    guard allowEmptyClasses else {
      throw Failure(.badData, "\(line); add clips, take the label out, or give --allow-empty-classes")
    }
    log.warning("\(line)")
  }
}
