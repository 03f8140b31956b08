internal import Files
internal import Models
public import Networks
internal import Recognition

/// The results over clips: their number, and the field's metrics.
public struct EvaluationFigures: Sendable {
  public let task: Head.Task
  /// Classes or attributes, in the model's order.
  public let labels: [String]
  /// Attributes that are answered beside classes.
  public let attributes: [String]
  public private(set) var confusion: ConfusionMatrix
  public private(set) var agreements: [Agreement]
  /// Of a classification's probabilities.
  public private(set) var reliability = ReliabilityMeter()
  public private(set) var evaluated = 0
  /// Those of them whose votes have no majority, so that no answer is right.
  public private(set) var undecided = 0
  /// Clips without a modality that the model needs.
  public private(set) var skipped = 0
  /// Clips that are missing or cannot be read.
  public private(set) var failed = 0
  /// How many windows each head answered, in the model's order, and windows without an answer. Clips that are skipped
  /// because they lack a modality as a whole have no windows.
  public private(set) var windows: [(head: String, count: Int)]
  public private(set) var unansweredWindows = 0

  /// - Parameters:
  ///   - task: what the model answers; with `attributes`, classes.
  ///   - labels: its classes or attributes.
  ///   - attributes: those that it answers beside classes.
  ///   - heads: the names of its heads.
  public init(task: Head.Task, labels: [String], attributes: [String] = [], heads: [String] = []) {
    (self.task, self.labels, self.attributes) = (task, labels, attributes)
    windows = heads.map { ($0, 0) }
    confusion = ConfusionMatrix(classes: labels.count)
    agreements = (task == .regression ? labels : attributes).map { _ in Agreement() }
  }

  public var clips: Int { evaluated + skipped + failed }

  /// Counts a clip that was answered, or had a modality missing.
  public mutating func add(_ prediction: ClipPrediction, label: EvaluationReport.Label) {
    count(prediction.heads)
    guard let values = prediction.values else {
      skipped += 1
      if let truth = label.truth { confusion.addUnanswered(truth: truth) }
      return
    }
    evaluated += 1
    if label.isUndecided { undecided += 1 }
    if let truth = label.truth {
      // A classifier has at least one class, so a prediction has a top.
      confusion.add(truth: truth, predicted: prediction.top ?? 0)
      reliability.add(values.map(Double.init), truth: truth)
    }
    if let truth = label.attributes {
      let rated = task == .regression ? values : prediction.attributes ?? []
      for i in rated.indices { agreements[i].add(truth: truth[i], predicted: Double(rated[i])) }
    }
  }

  private mutating func count(_ heads: [String?]) {
    for head in heads {
      guard let head else {
        unansweredWindows += 1
        continue
      }
      if let place = windows.firstIndex(where: { $0.head == head }) {
        windows[place].count += 1
      } else {
        // Models of several folds may have other heads.
        windows.append((head, 1))
      }
    }
  }

  /// Counts a clip that is missing or cannot be read.
  public mutating func addFailure() { failed += 1 }

  /// A figure by its name: one value of a classification, or one an attribute; nil for what cannot be computed.
  struct Score {
    var name: String
    var values: [Double?]
    /// The attributes that the values are of; nil: it is one value.
    var labels: [String]?
  }

  /// What lists and folds are compared by.
  var scores: [Score] {
    let names = task == .regression ? labels : attributes
    let agreement =
      names.isEmpty
      ? []
      : [
        Score(name: "pcc", values: agreements.map(\.pcc), labels: names),
        Score(name: "ccc", values: agreements.map(\.ccc), labels: names),
      ]
    guard task == .classification else { return agreement }
    return [
      Score(name: "uar", values: [confusion.uar]), Score(name: "war", values: [confusion.war]),
      Score(name: "weighted_f1", values: [confusion.weightedF1]),
      Score(name: "uar_of_all", values: [confusion.uarOfAll]),
      Score(name: "war_of_all", values: [confusion.warOfAll]),
    ] + agreement
  }

  /// Scores of these figures, or computed from several, as JSON.
  func members(_ scores: [Score]) -> [JSON.Member] {
    scores.map { score in
      guard let labels = score.labels else { return .init(score.name, .optional(score.values[0])) }
      return .init(score.name, .object(zip(labels, score.values).map { .init($0, .optional($1)) }))
    }
  }

  var counts: [JSON.Member] {
    [
      .init("clips", .int(clips)), .init("evaluated", .int(evaluated)), .init("skipped", .int(skipped)),
      .init("failed", .int(failed)),
      .init(
        "windows",
        [
          "answered": .object(windows.map { .init($0.head, .int($0.count)) }), "unanswered": .int(unansweredWindows),
        ]),
    ]
  }

  /// Scores, and what they are made of.
  var members: [JSON.Member] {
    guard task == .classification else { return members(scores) }
    let ties: [JSON.Member] = undecided > 0 ? [.init("undecided", .int(undecided))] : []
    return members(scores) + ties + [
      .init("ece", .optional(reliability.reliability?.ece)), .init("nll", .optional(reliability.reliability?.nll)),
      .init("recall", .object(zip(labels, confusion.recalls).map { .init($0, .optional($1)) })),
      .init(
        "confusion",
        [
          "labels": .array(labels.map(JSON.string)),
          "rows_true_columns_predicted": .array(confusion.counts.map { .array($0.map(JSON.int)) }),
        ]),
    ]
  }
}
