internal import Evaluation
internal import Glibc
internal import Lists
internal import Networks
internal import Recognition
internal import Tensor
internal import Training

/// Gathers answers into figures.
struct ValidationTally {
  private let loss: RunSettings.Objective.Loss
  /// Of the attributes.
  private let rating: RunSettings.Objective.Loss?
  private let classes: Int
  private var judged = 0
  private var confusion: ConfusionMatrix
  private var agreements: [Agreement]
  private var sum = 0.0
  private var values: [(answer: [Float], truth: [Float])] = []
  private var undecided = 0
  private(set) var clips = 0

  init(_ settings: RunSettings) {
    loss = settings.objective.loss
    rating = loss == .ce ? settings.objective.attributeLoss : loss
    classes = loss == .ce ? settings.labels.count : 0
    confusion = ConfusionMatrix(classes: classes)
    agreements = settings.attributeNames.map { _ in Agreement() }
  }

  var task: Head.Task { loss == .ce ? .classification : .regression }

  /// - Parameters:
  ///   - answer: probabilities, and attributes behind them.
  ///   - label: what is true.
  mutating func add(_ answer: [Float], _ label: ClipLabel) {
    clips += 1
    let (probabilities, rated) = (Array(answer.prefix(classes)), Array(answer.dropFirst(classes)))
    if let shares = label.classes {
      judged += 1
      // Votes without a majority have no right answer, but the loss knows them.
      if let truth = label.majority {
        confusion.add(truth: truth, predicted: Estimate.argmax(probabilities) ?? 0)
      } else {
        undecided += 1
      }
      // A probability may round to 0.
      for (share, value) in zip(shares, probabilities) where share > 0 { sum -= share * log(max(Double(value), 1e-30)) }
    }
    // A head for sound alone need not answer what a face does.
    if let truth = label.attributes, rated.count == truth.count {
      for i in agreements.indices { agreements[i].add(truth: truth[i], predicted: Double(rated[i])) }
      values.append((rated, truth.map { Float($0) }))
    }
  }

  func validation(epoch: Int, step: Int) -> RunRecord.Validation {
    // What no clip is labelled with has no loss.
    var result = RunRecord.Validation(epoch: epoch, step: step, clips: clips, loss: sum / Double(max(judged, 1)))
    if loss == .ce {
      (result.uar, result.war, result.weightedF1) = (confusion.uar, confusion.war, confusion.weightedF1)
      (result.recall, result.confusion) = (confusion.recalls, confusion.counts)
      result.undecided = undecided > 0 ? undecided : nil
    }
    if let rating {
      func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(FloatBuffer(rows.flatMap { $0 }), rows: rows.count, columns: agreements.count)
      }
      let (answers, truths) = (matrix(values.map(\.answer)), matrix(values.map(\.truth)))
      let scratch = Matrix(rows: answers.rows, columns: answers.columns)
      result.loss +=
        values.isEmpty
        ? 0
        : rating == .mse
          ? Losses.meanSquaredError(answers, truths, gradient: scratch)
          : Losses.concordance(answers, truths, gradient: scratch)
      (result.ccc, result.pcc) = (agreements.map(\.ccc), agreements.map(\.pcc))
    }
    return result
  }
}

extension RunRecord.Validation {
  /// Figures of one of several lists.
  /// - Parameter found: of the list's clips; nil: none could be answered.
  init?(_ found: ValidationTally, of path: String, epoch: Int, step: Int) {
    guard found.clips > 0 else { return nil }
    self = found.validation(epoch: epoch, step: step)
    list = path
  }
}
