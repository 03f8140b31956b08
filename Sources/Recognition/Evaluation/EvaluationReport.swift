/// Gathers a list's predictions into metrics, and words both as JSON. Reads no files.
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

  private let model: ModelSummary
  private let sampling: EvaluationSampling
  private var confusion: ConfusionMatrix
  private var agreements: [Agreement]
  public private(set) var evaluated = 0
  /// Clips without a sense that the model needs.
  public private(set) var skipped = 0
  /// Clips that are missing or cannot be read.
  public private(set) var failed = 0

  public init(model: ModelSummary, sampling: EvaluationSampling) {
    (self.model, self.sampling) = (model, sampling)
    confusion = ConfusionMatrix(classes: model.labels.count)
    agreements = model.labels.map { _ in Agreement() }
  }

  /// Counts a clip and gives its line for the predictions.
  public mutating func add(_ prediction: ClipPrediction, entry: AnnotationList.Entry, label: Label) -> JSON {
    if let values = prediction.values {
      evaluated += 1
      switch label {
      case .index(let truth):
        // A classifier has at least one class, so a prediction has a top.
        confusion.add(truth: truth, predicted: prediction.top ?? 0)
      case .values(let truth):
        for i in agreements.indices { agreements[i].add(truth: truth[i], predicted: Double(values[i])) }
      }
    } else {
      skipped += 1
    }
    return line(entry, label, values: prediction.values, views: prediction.views, reason: prediction.reason)
  }

  /// Counts a clip that is missing or cannot be read, and gives its line.
  public mutating func addFailure(_ message: String, entry: AnnotationList.Entry, label: Label) -> JSON {
    failed += 1
    return line(entry, label, values: nil, views: [], reason: message)
  }

  private func line(
    _ entry: AnnotationList.Entry, _ label: Label, values: [Float]?, views: [Estimate], reason: String?
  ) -> JSON {
    let answer: JSON = values.map { .labelled(model.labels, $0) } ?? .null
    let looks: [JSON] = views.map { view in
      switch model.task {
      case .classification: ["logits": .labelled(model.labels, view.outputs)]
      case .regression: ["attributes": .labelled(model.labels, view.outputs)]
      }
    }
    var members: [JSON.Member] = [
      .init("video", .optional(entry.video)), .init("audio", .optional(entry.audio)), .init("label", label.json),
      .init(model.task == .classification ? "probabilities" : "attributes", answer), .init("views", .array(looks)),
    ]
    if let reason { members.append(.init("reason", .string(reason))) }
    return .object(members)
  }

  /// The figures; what cannot be computed is null.
  public var json: JSON {
    var members: [JSON.Member] = [
      .init(
        "model",
        [
          "id": .string(model.id), "sha256": .optional(model.sha256), "trained": .bool(model.trained),
        ]),
      .init("task", .string(model.task.rawValue)), .init("views", .int(sampling.views)),
      .init("sampling_rate", .int(sampling.rate)), .init("clips", .int(evaluated + skipped + failed)),
      .init("evaluated", .int(evaluated)), .init("skipped", .int(skipped)), .init("failed", .int(failed)),
    ]
    switch model.task {
    case .classification:
      members += [
        .init("uar", .optional(confusion.uar)), .init("war", .optional(confusion.war)),
        .init("weighted_f1", .optional(confusion.weightedF1)),
        .init("recall", .object(zip(model.labels, confusion.recalls).map { .init($0, .optional($1)) })),
        .init(
          "confusion",
          [
            "labels": .array(model.labels.map(JSON.string)),
            "rows_true_columns_predicted": .array(confusion.counts.map { .array($0.map(JSON.int)) }),
          ]),
      ]
    case .regression:
      members += [
        .init("pcc", .object(zip(model.labels, agreements).map { .init($0, .optional($1.pcc)) })),
        .init("ccc", .object(zip(model.labels, agreements).map { .init($0, .optional($1.ccc)) })),
      ]
    }
    return .object(members)
  }
}
