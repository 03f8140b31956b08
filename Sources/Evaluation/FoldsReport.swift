public import Files
public import Lists
internal import Networks
public import Recognition

/// Gathers the lists of a cross-validation, each answered by its own model, into figures of every fold, their mean and
/// standard deviation, and figures over all clips together. Reads no files.
///
/// Mean and pooled are two things: published totals pool the clips of all five test sets. A class that is rare in
/// a fold weighs as much as any in that fold's UAR, so the mean of UARs is not the UAR of the pool.
public struct FoldsReport: Sendable {
  /// One model and the list that it did not see in training.
  public struct Fold: Sendable {
    /// As the user wrote them.
    public var model, list: String
    public var report: EvaluationReport

    public init(model: String, list: String, report: EvaluationReport) {
      (self.model, self.list, self.report) = (model, list, report)
    }
  }

  public private(set) var folds: [Fold]
  private var pooled: EvaluationFigures

  /// - Parameter folds: at least one; their models' tasks and labels are the same, see `difference(of:from:)`.
  public init(_ folds: [Fold]) {
    precondition(!folds.isEmpty, "no fold")
    let model = folds[0].report.model
    pooled = EvaluationFigures(
      task: model.task, labels: model.labels, attributes: model.attributes, heads: model.heads.map(\.name))
    self.folds = folds
  }

  /// Why a model's answers cannot be pooled with another's; nil where they can.
  public static func difference(of model: ModelSummary, from first: ModelSummary) -> String? {
    if model.task != first.task { return "is a \(model.task.rawValue), not a \(first.task.rawValue)" }
    if model.attributes != first.attributes {
      func words(_ names: [String]) -> String { names.isEmpty ? "no attributes" : names.joined(separator: ", ") }
      return "answers \(words(model.attributes)) beside its classes; not \(words(first.attributes))"
    }
    guard model.labels != first.labels else { return nil }
    let isOrder = model.labels.sorted() == first.labels.sorted()
    return
      "has \(isOrder ? "its labels in another order" : "other labels"): \(model.labels.joined(separator: ", ")); not "
      + first.labels.joined(separator: ", ")
  }

  /// Counts a clip of a fold and gives its line for the predictions, which begins with the fold's number.
  /// - Parameters:
  ///   - prediction: what the fold's model answered.
  ///   - fold: its place in `folds`.
  ///   - entry: the clip, as the list has it.
  ///   - label: what is true of it.
  public mutating func add(
    _ prediction: ClipPrediction, fold: Int, entry: AnnotationList.Entry, label: EvaluationReport.Label
  ) -> JSON {
    pooled.add(prediction, label: label)
    return line(folds[fold].report.add(prediction, entry: entry, label: label), fold: fold)
  }

  /// Counts a clip that is missing or cannot be read, and gives its line.
  public mutating func addFailure(
    _ message: String, fold: Int, entry: AnnotationList.Entry, label: EvaluationReport.Label
  ) -> JSON {
    pooled.addFailure()
    return line(folds[fold].report.addFailure(message, entry: entry, label: label), fold: fold)
  }

  /// A single list is no fold.
  private func line(_ line: JSON, fold: Int) -> JSON {
    guard folds.count > 1, case .object(let members) = line else { return line }
    return .object([.init("fold", .int(fold + 1))] + members)
  }

  /// The figures; what cannot be computed is null. A single list has those of its own report, nothing more.
  public var json: JSON {
    guard folds.count > 1 else { return folds[0].report.json }
    let scores = folds.map(\.report.figures.scores)
    func over(_ compute: ([Double]) -> Double) -> JSON {
      .object(
        pooled.members(
          scores[0].indices.map { i in
            let values = scores[0][i].values.indices.map { label -> Double? in
              let known = scores.compactMap { $0[i].values[label] }
              // A mean over other folds than the reader thinks would be a wrong number.
              return known.count == folds.count ? compute(known) : nil
            }
            return .init(name: scores[0][i].name, values: values, labels: scores[0][i].labels)
          }))
    }
    return .object([
      .init("task", .string(pooled.task.rawValue)),
      .init(
        "folds",
        .array(
          folds.enumerated().map { i, fold in
            .object([.init("fold", .int(i + 1)), .init("data", .string(fold.list))] + fold.report.members)
          })),
      .init("mean_over_folds", over(Self.mean)),
      .init("sd_over_folds", over(Self.deviation)),
      .init("pooled_over_clips", .object(pooled.counts + pooled.members)),
    ])
  }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// With n − 1, of two values or more: folds are a sample of the splits that could have been made.
  static func deviation(_ values: [Double]) -> Double {
    let mean = mean(values)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
}
