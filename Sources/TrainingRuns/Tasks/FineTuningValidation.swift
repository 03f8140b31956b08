internal import Clips
internal import Evaluation
internal import Files
internal import Glibc
internal import Layers
internal import Lists
internal import Models
internal import Networks
internal import Recognition
internal import Signal
internal import Tensor
internal import Training

extension FineTuningTask {
  /// A clip's views, or why it has none.
  private enum Looks: Sendable {
    case views([ModelInput])
    case broken(String)
  }

  /// As `mien eval` does it: every view by itself, answers averaged, so that both give the same figures.
  func validate(
    _ store: (any TensorStore)?, epoch: Int, step: Int, stop: () -> Bool, broken: (BrokenClip) throws -> Void
  ) throws -> RunRecord.Validation? {
    guard let list = input.validation else { preconditionFailure("no list to validate on") }
    let answers = try finetuner.answers(of: store)
    let work = looks(at: list)
    defer { work.cancel() }
    let labels = input.settings.labels
    var tally = Tally(input.settings.objective.loss, outputs: labels.count)
    for position in list.entries.indices {
      if stop() { return nil }
      guard let looks = work.next() else { break }
      switch looks {
      case .broken(let reason): try broken(BrokenClip(position: position, description: reason))
      case .views(let views):
        let key = RandomKey(seed: input.settings.seed, epoch: 0, position: position)
        let estimates = views.map { Estimate(outputs: answers(TrainingBatch($0, key: key)), task: tally.task) }
        let values = labels.indices.map { label in
          Float(estimates.reduce(0.0) { $0 + Double($1.values[label]) } / Double(estimates.count))
        }
        try tally.add(values, entry: list.entries[position], of: list)
      }
    }
    guard tally.clips > 0 else { throw FileError.nothingToValidate(list, input.settings.modalities) }
    return tally.validation(epoch: epoch, step: step)
  }

  private func looks(at list: AnnotationList) -> OrderedWork<Looks> {
    let (recipe, seed) = (input.settings.plainRecipe, input.settings.seed)
    let (source, options) = (input.source, input.options)
    let sampling = EvaluationSampling(rate: input.settings.preprocessing.video.samplingRate)
    return OrderedWork("views", items: 0..<list.entries.count, threads: input.threads, ahead: 4) {
      let maker = ClipMaker(list: list, recipe: recipe, seed: seed, source: source, options: options)
      return { position, _ in
        do { return .views(try maker.views(position: position, sampling: sampling)) } catch {
          let place = "\(list.path):\(list.entries[position].line): "
          return .broken(error is AnnotationError ? "\(error)" : place + "\(error)")
        }
      }
    }
  }
}

/// Gathers answers into figures.
private struct Tally {
  let loss: RunSettings.Objective.Loss
  private var confusion: ConfusionMatrix
  private var agreements: [Agreement]
  private var sum = 0.0
  private var values: [(answer: [Float], truth: [Float])] = []
  private(set) var clips = 0

  init(_ loss: RunSettings.Objective.Loss, outputs: Int) {
    self.loss = loss
    confusion = ConfusionMatrix(classes: outputs)
    agreements = [Agreement](repeating: Agreement(), count: outputs)
  }

  var task: Head.Task { loss == .ce ? .classification : .regression }

  /// - Throws: `AnnotationError` if the label is none of the model's.
  mutating func add(_ answer: [Float], entry: AnnotationList.Entry, of list: AnnotationList) throws {
    clips += 1
    switch loss {
    case .ce, .reconstruction:
      let truth = try list.classIndex(of: entry, count: answer.count)
      confusion.add(truth: truth, predicted: Estimate.argmax(answer) ?? 0)
      // A probability may round to 0.
      sum -= log(max(Double(answer[truth]), 1e-30))
    case .mse, .ccc:
      let truth = try list.values(of: entry, count: answer.count)
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
