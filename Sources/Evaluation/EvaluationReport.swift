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
    /// A class or votes, and attributes; a clip may have both, or one of them.
    case clip(ClipLabel)

    /// The right class; nil: there is none, or votes have no majority.
    public var truth: Int? {
      switch self {
      case .index(let index): index
      case .values: nil
      case .clip(let label): label.majority
      }
    }

    /// Whether votes have no majority.
    var isUndecided: Bool {
      if case .clip(let label) = self { label.classes != nil && label.majority == nil } else { false }
    }

    var attributes: [Double]? {
      switch self {
      case .index: nil
      case .values(let values): values
      case .clip(let label): label.attributes
      }
    }

    /// An index, votes as shares by class, or values.
    func json(_ model: ModelSummary) -> JSON {
      let values = attributes.map { JSON.array($0.map(JSON.double)) } ?? .null
      guard model.task == .classification else { return values }
      if case .clip(let label) = self, let classes = label.classes, classes.max() ?? 1 < 1 {
        return .object(zip(model.labels, classes).filter { $1 > 0 }.map { .init($0, .double($1)) })
      }
      return .optional(truth)
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
    figures = EvaluationFigures(
      task: model.task, labels: model.labels, attributes: model.attributes, heads: model.heads.map(\.name))
  }

  /// Counts a clip and gives its line for the predictions.
  public mutating func add(_ prediction: ClipPrediction, entry: AnnotationList.Entry, label: Label) -> JSON {
    figures.add(prediction, label: label)
    return line(entry, label, prediction)
  }

  /// Counts a clip that is missing or cannot be read, and gives its line.
  public mutating func addFailure(_ message: String, entry: AnnotationList.Entry, label: Label) -> JSON {
    figures.addFailure()
    return line(entry, label, ClipPrediction(views: [], reason: message))
  }

  private func line(_ entry: AnnotationList.Entry, _ label: Label, _ prediction: ClipPrediction) -> JSON {
    func named(_ values: [Float]?) -> JSON { values.map { .labelled(model.attributes, $0) } ?? .null }
    let hasBoth = !model.attributes.isEmpty
    let answer: JSON = prediction.values.map { .labelled(model.labels, $0) } ?? .null
    var answered = prediction.views[...]
    let looks: [JSON] = prediction.heads.map { head in
      let view = head == nil ? nil : answered.popFirst()
      let outputs: JSON = view.map { .labelled(model.labels, $0.outputs) } ?? .null
      // Where there is one head, nothing else can have answered.
      var members: [JSON.Member] = model.heads.count > 1 ? [.init("head", .optional(head))] : []
      members.append(.init(model.task == .classification ? "logits" : "attributes", outputs))
      if hasBoth { members.append(.init("attributes", named(view?.attributes))) }
      return .object(members)
    }
    var members: [JSON.Member] = [
      .init("video", .optional(entry.video)), .init("audio", .optional(entry.audio)), .init("label", label.json(model)),
      .init(model.task == .classification ? "probabilities" : "attributes", answer),
    ]
    if hasBoth {
      members += [
        .init("label_attributes", named(label.attributes?.map { Float($0) })),
        .init("attributes", named(prediction.attributes)),
      ]
    }
    members.append(.init("views", .array(looks)))
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
