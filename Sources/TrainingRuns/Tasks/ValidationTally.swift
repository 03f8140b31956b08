internal import Evaluation
internal import Glibc
internal import Lists
internal import Networks
internal import Recognition
internal import Tensor
internal import Training

/// Gathers answers into figures.
struct ValidationTally {
  let loss: RunSettings.Objective.Loss
  private var confusion: ConfusionMatrix
  private var agreements: [Agreement]
  private var sum = 0.0
  private var values: [(answer: [Float], truth: [Float])] = []
  private var undecided = 0
  private(set) var clips = 0

  init(_ loss: RunSettings.Objective.Loss, outputs: Int) {
    self.loss = loss
    confusion = ConfusionMatrix(classes: outputs)
    agreements = [Agreement](repeating: Agreement(), count: outputs)
  }

  var task: Head.Task { loss == .ce ? .classification : .regression }

  mutating func add(_ answer: [Float], _ label: ClipLabel) {
    clips += 1
    if let shares = label.classes {
      // Votes without a majority have no right answer, but the loss knows them.
      if let truth = label.majority {
        confusion.add(truth: truth, predicted: Estimate.argmax(answer) ?? 0)
      } else {
        undecided += 1
      }
      // A probability may round to 0.
      for (share, value) in zip(shares, answer) where share > 0 { sum -= share * log(max(Double(value), 1e-30)) }
    }
    if let truth = label.attributes {
      for i in agreements.indices { agreements[i].add(truth: truth[i], predicted: Double(answer[i])) }
      values.append((answer, truth.map { Float($0) }))
    }
  }

  func validation(epoch: Int, step: Int) -> RunRecord.Validation {
    var result = RunRecord.Validation(epoch: epoch, step: step, clips: clips, loss: sum / Double(clips))
    switch loss {
    case .ce, .reconstruction:
      (result.uar, result.war, result.weightedF1) = (confusion.uar, confusion.war, confusion.weightedF1)
      (result.recall, result.confusion) = (confusion.recalls, confusion.counts)
      result.undecided = undecided > 0 ? undecided : nil
    case .mse, .ccc:
      func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(FloatBuffer(rows.flatMap { $0 }), rows: rows.count, columns: agreements.count)
      }
      let (answers, truths) = (matrix(values.map(\.answer)), matrix(values.map(\.truth)))
      let scratch = Matrix(rows: answers.rows, columns: answers.columns)
      result.loss =
        loss == .mse
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
