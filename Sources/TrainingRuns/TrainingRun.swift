public import Clips
internal import Files
internal import Layers
public import Lists
public import Media
internal import Models
public import Tensor
internal import Threading
internal import Training

/// Runs a training from its first step, or from its last checkpoint, to its end: batches, steps, log, validation,
/// checkpoints.
///
/// What it computes follows from ``RunSettings`` alone, so an interrupted run that goes on ends with the same bits. It
/// knows neither arguments nor a terminal: it asks `stop` and tells `observe`.
public final class TrainingRun {
  /// How a run is executed. None of it changes the weights.
  public struct ExecutionOptions: Sendable {
    public var threads = 1
    /// That load clips while a step is computed; nil: as many as `threads`.
    public var loaderThreads: Int?
    /// Checkpoints besides those at the end of epochs; nil: none.
    public var checkpointEvery: Int?
    /// Epochs from one checkpoint at an epoch's end to the next.
    public var checkpointEpochs = 1
    /// Checkpoints that stay, besides the best.
    public var keep = 3
    /// How faces are found in media files; the framing is the settings'.
    public var options = Recording.Options()
    /// Where the lists' files are.
    public var source: any ClipSource = ClipFiles()
    /// Of the program.
    public var version = ""
    /// Now, as ISO 8601 in UTC.
    public var wallTime: @Sendable () -> String = { "" }
    /// Now, in seconds since 1970 in UTC; the machine's name and the process id: of the file of curves.
    public var seconds: @Sendable () -> Double = { 0 }
    public var host = "here"
    public var process: Int32 = 0
    /// Is told what does not stop the training.
    public var warn: @Sendable (String) -> Void = { _ in }

    public init() {}
  }

  /// How a run ended.
  public struct Summary: Sendable {
    /// Why it ended.
    public enum End: String, Sendable {
      case done, interrupted
      /// There was nothing left to do.
      case finishedBefore = "finished_before"
    }
    public var end: End
    public var steps: Int
    /// Of the last epoch; nil if none has ended.
    public var loss: Double?
    public var validation: RunRecord.Validation?
    public var broken: Int
    public var best: RunState.Best?
  }

  public let settings: RunSettings
  public let plan: RunPlan
  /// Steps made before; 0 for a new run.
  public var resumedAt: Int { began }
  /// The step of the last checkpoint on disk; nil without one.
  public var lastCheckpoint: Int? { folder.step(of: "last") }
  let folder: RunFolder
  let conditions: ExecutionOptions
  let pool: ClipPool
  let task: any RunTask
  let trainer: Trainer
  let average: WeightAverage?
  private let began: Int
  var state: RunState
  var log: RunLog?
  var events: EventFile?
  var lastValidation: RunRecord.Validation?
  var lastEpochLoss: Double?
  var observe: (RunRecord) -> Void = { _ in }

  /// Makes the folder or opens it, and reads what the run goes on from.
  ///
  /// - Parameters:
  ///   - path: the run's folder.
  ///   - settings: what decides the weights.
  ///   - lists: the clips to train on, those of the settings in their order.
  ///   - validation: the lists to validate on; empty: none.
  ///   - source: the checkpoint to begin with; its names and shapes must fit the settings.
  ///   - takesHead: whether the source's outputs are the settings' labels.
  ///   - resumes: go on with a run that is there.
  ///   - conditions: what does not change the weights.
  /// - Throws: `FileError`, or what is wrong with the weights.
  public init(
    _ path: String, settings: RunSettings, lists: [AnnotationList], validation: [AnnotationList],
    source: (any TensorStore)? = nil, takesHead: Bool = false, resumes: Bool, conditions: ExecutionOptions
  ) throws {
    pool = settings.pool(lists, settings.data)
    (self.settings, self.conditions) = (settings, conditions)
    guard pool.clips.count == settings.data.clips ?? pool.clips.count, !pool.counts.contains(0) else {
      throw FileError(
        .usage, path: pool.path, problem: "has \(pool.clips.count) clips to learn from, not what the settings say",
        remedy: "count them with readLabels")
    }
    plan = try RunPlan(settings)
    if let precision = settings.optimisation.precision, precision == .int8 || precision.running() != precision {
      throw FileError(
        .usage, path: path, problem: "this processor cannot train with --precision \(precision)",
        remedy: "begin a run without --precision")
    }
    var options = conditions.options
    options.framing = settings.preprocessing.faceFraming

    let opened = resumes ? try RunFolder(resuming: path, settings: settings) : nil
    let whole = try opened?.newestWhole(hasAverage: settings.optimisation.ema != nil, warn: conditions.warn)
    let last = whole?.step
    let state = whole?.state ?? RunState(seed: settings.seed)
    let weights = try whole?.weights ?? Self.startingWeights(settings, source, takesHead: takesHead)
    let input = TaskInput(
      settings: settings, pool: pool, validation: settings.validation.map { settings.pool(validation, $0) },
      source: conditions.source, options: options, threads: conditions.threads, weights: weights)
    let task: any RunTask =
      settings.task == .pretrain ? try PretrainingTask(input) : try FineTuningTask(input)
    let learner = task.learner
    average = settings.optimisation.ema.map { WeightAverage(learner.parameters, decay: $0) }
    if let whole {
      try learner.parameters.restore(moments: whole.moments)
      if let mean = whole.average { try average?.restore(mean) }
    }
    // The folder last: an error before leaves nothing behind.
    folder = try opened ?? RunFolder(creating: path, settings: settings)
    if let last {
      // What is later than where `last` leads was left by a process that was killed; else it is damaged.
      if folder.step(of: "last") != last {
        try folder.setAside(after: last)
        try folder.link("last", toStep: last)
      }
    }
    folder.sweep(after: last)

    let wanted = settings.optimisation
    let optimiser = AdamW(
      learner.parameters, beta1: wanted.beta1 ?? 0.9, beta2: wanted.beta2, weightDecay: wanted.weightDecay,
      steps: state.step, rule: learner.rule)
    let schedule = Schedule(
      base: wanted.lr * wanted.scale, final: wanted.minLr * wanted.scale, warmUp: wanted.warmupSteps,
      steps: wanted.steps)
    trainer = Trainer(
      learner.parameters, optimiser, schedule: schedule, accumulation: wanted.accumulate, clipping: wanted.clipGrad,
      learner.operations)
    (self.task, self.state, began) = (task, state, state.step)
    if let last {
      let best = state.best?.step ?? last
      let isThere = folder.hasModel(step: best)
      if !isThere {
        conditions.warn("\(folder.checkpoint(step: best)): the best model is gone; best leads to the last")
      }
      try folder.link("best", toStep: isThere ? best : last)
    }
  }

  /// The same with one list, and one or none to validate on.
  /// - Throws: as the other one.
  public convenience init(
    _ path: String, settings: RunSettings, list: AnnotationList, validation: AnnotationList?,
    source: (any TensorStore)? = nil, takesHead: Bool = false, resumes: Bool, conditions: ExecutionOptions
  ) throws {
    try self.init(
      path, settings: settings, lists: [list], validation: validation.map { [$0] } ?? [], source: source,
      takesHead: takesHead, resumes: resumes, conditions: conditions)
  }

  private static func startingWeights(
    _ settings: RunSettings, _ source: (any TensorStore)?, takesHead: Bool
  ) throws -> any TensorStore {
    do {
      return settings.task == .pretrain
        ? try PretrainingTask.startingWeights(settings, from: source)
        : try FineTuningTask.startingWeights(settings, from: source, takesHead: takesHead)
    } catch let error as WeightError {
      throw FileError(.badData, path: settings.from?.path ?? "", problem: "\(error)")
    }
  }

  /// Trains to the end, or until `stop` says so: then up to the next border of a step, and a checkpoint is made.
  ///
  /// - Parameters:
  ///   - stop: asked between batches.
  ///   - observe: is told every record after it was written.
  /// - Throws: `TrainingDiverged`, `TooManyBroken`, `FileError`; the last checkpoint stays as it is.
  public func run(stop: () -> Bool = { false }, observe: @escaping (RunRecord) -> Void = { _ in }) throws -> Summary {
    self.observe = observe
    if state.batches == plan.batches && !state.awaitsValidation { return try finishedBefore() }
    try openLog()
    do {
      let isDone = try train(stop)
      try record(.closed(.init(step: state.step, reason: isDone ? .done : .interrupted)))
      log?.sync()
      return summary(isDone ? .done : .interrupted)
    } catch {
      // The disk may be full: then the log just ends.
      let reason: RunRecord.Closed.Reason = error is TrainingDiverged ? .diverged : .error
      try? record(.closed(.init(step: state.step, reason: reason, message: "\(error)")))
      throw error
    }
  }

  /// - Returns: whether the end was reached.
  private func train(_ stop: () -> Bool) throws -> Bool {
    if state.awaitsValidation, try !endEpoch(stop) { return false }
    let loader = self.loader()
    defer { loader.cancel() }
    var clock = MonotonicClock.now()
    var pending = Gathered()
    while state.batches < plan.batches {
      if stop() {
        try checkpoint()
        return false
      }
      let batch: Batch
      do {
        guard let next = try loader.next() else { break }
        batch = next
      } catch let error as TooManyBroken {
        for clip in error.broken { try note(clip) }
        throw error
      }
      pending.add(batch)
      var loss: Double?
      if batch.count > 0 {
        let losses = task.addGradients(batch, factor: trainer.factor)
        pending.losses.append(losses)
        loss = losses.total
      }
      let step = try trainer.add(loss: loss, bad: task.learner.bad)
      guard pending.batches == plan.accumulate else { continue }
      let now = MonotonicClock.now()
      try take(pending, step, seconds: Double(now - clock) / 1e9)
      (pending, clock) = (Gathered(), now)
      if plan.endsEpoch(after: state.batches) {
        guard state.step > 0 else {
          throw FileError(
            .badData, path: pool.path, problem: "no step was made: none of the clips that were met can be used",
            remedy: "mend them or take out their lines (mien data check names them)")
        }
        try recordEpoch()
        guard try endEpoch(stop) else { return false }
        clock = MonotonicClock.now()
      } else if let every = conditions.checkpointEvery, step != nil, state.step.isMultiple(of: every) {
        try checkpoint()
      }
    }
    return true
  }

  private func loader() -> BatchLoader {
    var wanted = BatchLoader.Settings(batch: settings.optimisation.batch, seed: settings.seed)
    (wanted.dropsRest, wanted.group, wanted.mix) = (true, plan.accumulate, settings.data.mix)
    wanted.threads = conditions.loaderThreads ?? conditions.threads
    (wanted.source, wanted.options) = (conditions.source, conditions.options)
    wanted.options.framing = settings.preprocessing.faceFraming
    wanted.knownBroken = state.brokenClips
    return BatchLoader(
      pool, recipe: settings.recipe, settings: wanted, epochs: 0..<plan.epochs, from: state.batches)
  }
}
