public import Files
public import Lists
internal import Models
internal import Networks
public import Recognition
public import Signal

/// Collects a list's predictions into metrics, and gives both as JSON. Reads no files.
public struct EvaluationReport: Sendable {
  /// A clip's true label, as its list has it.
  public enum Label: Sendable, Hashable {
    case index(Int)
    case values([Double])

    var json: JSON {
      switch self {
      case .index(let index): .int(index)
      case .values(let values): .array(values.map(JSON.double))
      }
    }
  }

  public let model: ModelSummary
  private let sampling: EvaluationSampling
  private let conditions: EvaluationConditions
  public private(set) var figures: EvaluationFigures

  public init(
    model: ModelSummary, sampling: EvaluationSampling, conditions: EvaluationConditions = EvaluationConditions()
  ) {
    (self.model, self.sampling, self.conditions) = (model, sampling, conditions)
    figures = EvaluationFigures(task: model.task, labels: model.labels, heads: model.heads.map(\.name))
  }

  /// Counts a clip and gives its line for the predictions.
  public mutating func add(_ prediction: ClipPrediction, entry: AnnotationList.Entry, label: Label) -> JSON {
    figures.add(prediction, label: label)
    return line(entry, label, prediction)
  }

  /// Counts a clip that is missing or cannot be read, and gives its line.
  public mutating func addFailure(_ message: String, entry: AnnotationList.Entry, label: Label) -> JSON {
    figures.addFailure()
    return line(entry, label, ClipPrediction(views: [], values: nil, reason: message))
  }

  private func line(_ entry: AnnotationList.Entry, _ label: Label, _ prediction: ClipPrediction) -> JSON {
    let answer: JSON = prediction.values.map { .labelled(model.labels, $0) } ?? .null
    var answered = prediction.views[...]
    let looks: [JSON] = prediction.heads.map { head in
      let view = head == nil ? nil : answered.popFirst()
      let outputs: JSON = view.map { .labelled(model.labels, $0.outputs) } ?? .null
      // Where there is one head, nothing else can have answered.
      return .object(
        (model.heads.count > 1 ? [.init("head", .optional(head))] : [])
          + [.init(model.task == .classification ? "logits" : "attributes", outputs)])
    }
    var members: [JSON.Member] = [
      .init("video", .optional(entry.video)), .init("audio", .optional(entry.audio)), .init("label", label.json),
      .init(model.task == .classification ? "probabilities" : "attributes", answer), .init("views", .array(looks)),
    ]
    if let reason = prediction.reason { members.append(.init("reason", .string(reason))) }
    return .object(members)
  }

  /// The figures; what cannot be computed is null.
  public var json: JSON { .object(members) }

  var members: [JSON.Member] {
    [
      .init(
        "model",
        [
          "id": .string(model.id), "sha256": .optional(model.sha256), "trained": .bool(model.trained),
          "precision": .string(model.precision), "instructions": .optional(model.instructions),
          "calibration": model.calibration?.json ?? .null, "economy": model.economy.json,
        ]),
      .init("task", .string(model.task.rawValue)), .init("views", .int(sampling.views)),
      .init("sampling_rate", .int(sampling.rate)),
    ] + conditions.members + figures.counts + figures.members
  }
}
