internal import Clips
internal import Files
internal import Foundation
internal import Models
internal import Training

/// Batches of one step, until it is made.
struct Gathered {
  var batches = 0
  var clips = 0
  var epoch = 0
  var broken: [BrokenClip] = []
  var losses: [BatchLosses] = []

  mutating func add(_ batch: Batch) {
    batches += 1
    clips += batch.count
    epoch = batch.epoch
    broken += batch.broken
  }

  func mean(_ part: (BatchLosses) -> Double?) -> Double? {
    let values = losses.compactMap(part)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

// What a run writes down: its log, and checkpoints.

extension TrainingRun {
  func record(_ record: RunRecord) throws {
    try log?.append(record)
    show(record)
    observe(record)
  }

  /// A clip that cannot be used is named once.
  func note(_ clip: BrokenClip) throws {
    guard !state.broken.contains(where: { $0.position == clip.position }) else { return }
    state.broken.append(.init(position: clip.position, clip: clip.description))
    try record(.broken(.init(step: state.step, clip: clip.description)))
  }

  func openLog() throws {
    if let last = folder.step(of: "last") {
      let line = checkpointRecord(step: last)
      let log = try RunLog(folder.logPath, keeping: state.logLines, following: line.line)
      self.log = log
      try readResults()
      // Killed between a checkpoint and its line.
      if log.lines == state.logLines { try record(line) }
      try record(.resumed(.init(step: state.step, time: conditions.wallTime())))
    } else {
      log = try RunLog(folder.logPath, keeping: 0)
      try record(
        .created(
          .init(
            task: settings.task, time: conditions.wallTime(), version: conditions.version, labels: settings.labels,
            attributes: settings.attributes)))
    }
  }

  /// Takes note of what belongs to one step.
  func take(_ gathered: Gathered, _ step: TrainingStep?, seconds: Double) throws {
    for clip in gathered.broken { try note(clip) }
    state.batches += gathered.batches
    state.epochSoFar.clips += gathered.clips
    state.epochSoFar.broken += gathered.broken.count
    state.epochSoFar.seconds += seconds
    guard let step else { return }
    average?.add()
    state.step = trainer.steps
    state.epochSoFar.loss += step.loss
    state.epochSoFar.steps += 1
    var line = RunRecord.Step(
      step: step.step, epoch: gathered.epoch, loss: step.loss, rate: step.rate, gradientNorm: step.gradientNorm,
      clips: gathered.clips)
    line.video = gathered.mean(\.video)
    line.audio = gathered.mean(\.audio)
    line.contrast = gathered.mean(\.contrast)
    try record(.step(line))
  }

  private var epoch: Int { (state.batches - 1) / plan.batchesAnEpoch }

  func recordEpoch() throws {
    let had = state.epochSoFar
    lastEpochLoss = had.steps > 0 ? had.loss / Double(had.steps) : nil
    try record(
      .epoch(
        .init(
          epoch: epoch, step: state.step, loss: lastEpochLoss ?? 0, clips: had.clips, broken: had.broken,
          seconds: had.seconds)))
    if let shares = task.layerWeights(step: state.step) { try record(.layerWeights(shares)) }
    state.epochSoFar = .init()
    state.awaitsValidation = true
  }

  /// Validates, and makes a checkpoint where one is due.
  /// - Returns: false if it was stopped.
  func endEpoch(_ stop: () -> Bool) throws -> Bool {
    var isBest = false
    if settings.validation != nil {
      let found: RunRecord.Validation?
      do {
        found = try task.validate(average?.store, epoch: epoch, step: state.step, stop: stop) { clip in
          try self.noteValidation(clip)
        }
      } catch {
        // What was learnt stays, even where nothing can tell how good it is.
        try? checkpoint()
        throw error
      }
      guard let found else {
        try checkpoint()
        return false
      }
      guard found.loss.isFinite else { throw TrainingDiverged(step: state.step, place: .loss) }
      try record(.validation(found))
      lastValidation = found
      isBest = state.best.map { found.score > $0.score } ?? true
      if isBest { state.best = .init(step: state.step, score: found.score) }
    }
    state.awaitsValidation = false
    let isLast = state.batches == plan.batches
    if isBest || isLast || (epoch + 1).isMultiple(of: conditions.checkpointEpochs) { try checkpoint() }
    return true
  }

  private func noteValidation(_ clip: BrokenClip) throws {
    guard !state.validationBroken.contains(clip.position) else { return }
    state.validationBroken.append(clip.position)
    try record(.broken(.init(step: state.step, clip: clip.description)))
  }

  private func checkpointRecord(step: Int) -> RunRecord {
    .checkpoint(
      .init(
        step: step, path: "\(RunModels.checkpoints)/\(RunModels.name(step: step))",
        best: settings.validation == nil || state.best?.step == step))
  }

  /// Writes a checkpoint of this moment, unless the last one is of it.
  func checkpoint() throws {
    state.logLines = log?.lines ?? 0
    // The log must not be behind what the checkpoint says about it.
    log?.sync()
    let (step, isNew) = (state.step, folder.step(of: "last") != state.step)
    let parameters = task.learner.parameters
    let content = CheckpointFolder.Content(
      model: average?.store ?? parameters.store, weights: average == nil ? nil : parameters.store,
      moments: parameters.moments, config: modelConfig,
      card: ModelCard.text(settings, step: step, validation: lastValidation), state: state)
    if isNew {
      _ = try CheckpointFolder(writing: content, to: folder.checkpoint(step: step))
    } else {
      // Weights are the same; what was found out since (a validation) is not.
      try CheckpointFolder(folder.checkpoint(step: step)).update(content)
    }
    try folder.link("last", toStep: step)
    // A best one may be gone, where the run went on from before it.
    let best = settings.validation == nil ? step : state.best?.step ?? step
    try folder.link("best", toStep: folder.hasModel(step: best) ? best : step)
    folder.prune(keeping: conditions.keep, best: state.best?.step)
    try record(checkpointRecord(step: step))
  }

  /// `config.json` of the model as it is now.
  private var modelConfig: ModelConfig {
    let task: ModelConfig.Task =
      switch settings.objective.loss {
      case .reconstruction: .pretraining
      case .ce: .classification
      case .mse, .ccc: .regression
      }
    let name = folder.path.split(separator: "/").last.map(String.init) ?? "run"
    var config = ModelConfig(
      id: name, task: task, sizes: settings.model.sizes, labels: try? Labels(settings.labels), trained: true)
    config.attributes = settings.attributes.flatMap { try? Labels($0) }
    config.preprocessing = settings.preprocessing
    return config
  }

  // MARK: What is made from the log

  /// Curves and the page follow from the log and can be made anew, so training does not stop where they cannot be written.
  private func show(_ record: RunRecord) {
    do {
      if events == nil {
        events = try EventFile(
          folder: folder.path, host: conditions.host, started: conditions.seconds(), process: conditions.process,
          labels: settings.labels, attributes: settings.attributeNames)
      }
      try events?.append(record, time: conditions.seconds())
      switch record {
      case .epoch, .validation, .closed:
        try events?.flush()
        try RunReport.write(folder: folder.path)
      default: break
      }
    } catch { conditions.warn("\(error)") }
  }

  // MARK: The end

  func summary(_ end: Summary.End) -> Summary {
    Summary(
      end: end, steps: state.step, loss: lastEpochLoss, validation: lastValidation, broken: state.broken.count,
      best: state.best)
  }

  /// Says what a finished run had come to; changes nothing.
  func finishedBefore() throws -> Summary {
    try readResults()
    return summary(.finishedBefore)
  }

  /// What an earlier process found out.
  private func readResults() throws {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: folder.logPath)) else {
      throw FileError(.noInput, path: folder.logPath, problem: "cannot be read")
    }
    for record in try RunLogReader.records(bytes, path: folder.logPath) {
      switch record {
      case .epoch(let epoch): lastEpochLoss = epoch.loss
      case .validation(let validation): lastValidation = validation
      default: break
      }
    }
  }
}
