public import ArgumentParser
import Clips
import Glibc
import Lists
import Logging
import Media
import MienKit
public import Networks
import Signal
import Training
import TrainingRuns

/// What pre-training and fine-tuning are told alike.
struct TrainingOptions: ParsableArguments {
  @Option(
    name: .customLong("data"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "The list of clips: lines of 'video audio label'. Fine-tuning takes several.", valueName: "list"))
  var lists: [String]
  @Option(name: .shortAndLong, help: ArgumentHelp("The run's folder, which is made.", valueName: "run"))
  var output: String
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Validate on this list after every epoch. Fine-tuning takes several.", valueName: "list"))
  var val: [String] = []
  @OptionGroup var size: SizeOptions
  @Option(help: "Modalities: av, a (sound alone) or v (picture alone). (default: av, or those of --from)")
  var modalities: Modalities?
  @Option(
    help: ArgumentHelp(
      "Begin with these weights: a model folder, a run, or a checkpoint file in the published format.",
      valueName: "path"))
  var from: String?
  @Flag(help: "Go on with a run that was interrupted: the same command, and this.") var resume = false

  @Option(help: ArgumentHelp("Times through the list. \(RecipeWords.defaults("100") { "\($0.epochs)" })")) var epochs:
    Int?
  @Option(help: "Steps, instead of epochs.") var steps: Int?
  @Option(help: "Clips of a batch; no more than the list has.") var batch = 8
  @Option(help: "Batches gathered for one step.") var accumulate = 1
  @Option(
    help: ArgumentHelp(
      "Learning rate for 256 clips a step; it is scaled to the clips of a step. "
        + RecipeWords.defaults("0.0003", RecipeWords.rate)))
  var lr: Double?
  @Option(
    help: ArgumentHelp(
      "What the rate falls to, scaled likewise. "
        + RecipeWords.defaults("1e-05") { $0.finalRate.map { "\($0)" } ?? "the rate itself" }))
  var minLr: Double?
  @Option(
    help: ArgumentHelp(
      "Decays of AdamW's two running means, such as 0.9,0.999. "
        + RecipeWords.defaults("0.9,0.95") { "\($0.beta1),\($0.beta2)" }, valueName: "numbers"))
  var betas: Betas?
  @Option(
    help: ArgumentHelp(
      "Epochs of the warm-up. "
        + RecipeWords.defaults("5") { "\($0.warmupEpochs)" } + " Defaults are at most a tenth of the run."))
  var warmupEpochs: Int?
  @Option(help: "Steps of the warm-up, instead of epochs.") var warmupSteps: Int?
  @Option(help: ArgumentHelp("AdamW's weight decay. \(RecipeWords.defaults("0.05") { "\($0.weightDecay)" })"))
  var weightDecay: Double?
  @Option(help: "Scale gradients down to this norm. (default: never)") var clipGrad: Double?
  @Option(
    help: ArgumentHelp(
      "Keep a running mean of the weights with this decay (such as 0.9999); it is what is validated and answers.",
      valueName: "decay"))
  var ema: Double?
  @Option(
    help: ArgumentHelp(
      "What products round their operands to: f32 (not at all), bf16, which is faster, or auto: bf16 where the "
        + "processor is faster in it. Weights, gradients and sums stay f32.", valueName: "f32|bf16|auto"))
  var precision = TrainingPrecision.f32
  @Option(help: "Where all randomness comes from.") var seed: UInt64 = 0
  @Option(
    help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Threads that load clips beside those; results do not depend on it. (default: as --threads)", valueName: "count"))
  var loaderThreads: Int?

  @Option(help: ArgumentHelp("A checkpoint every so many steps, besides those of epochs.", valueName: "steps"))
  var checkpointEvery: Int?
  @Option(help: ArgumentHelp("A checkpoint at the end of every so many epochs.", valueName: "epochs"))
  var checkpointEpochs = 1
  @Option(help: ArgumentHelp("Checkpoints that stay, besides the best.", valueName: "count")) var keep = 3
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @OptionGroup var tracks: TrackOptions
  @OptionGroup var verbosity: Verbosity

  /// For messages.
  var data: String { lists.joined(separator: ", ") }

  func validate() throws {
    func check(_ holds: Bool, _ sentence: String) throws { if !holds { throw ValidationError(sentence) } }
    func atLeast(_ least: Int, _ value: Int?, _ name: String) throws {
      try check(value.map { $0 >= least && $0 <= 1_000_000_000 } ?? true, "--\(name) must be at least \(least).")
    }
    for (value, name) in [
      (epochs, "epochs"), (steps, "steps"), (batch, "batch"), (accumulate, "accumulate"),
      (checkpointEvery, "checkpoint-every"), (checkpointEpochs, "checkpoint-epochs"), (keep, "keep"),
    ] { try atLeast(1, value, name) }
    for (value, name) in [(warmupEpochs, "warmup-epochs"), (warmupSteps, "warmup-steps")] {
      try atLeast(0, value, name)
    }
    for (value, name) in [(lr, "lr"), (minLr, "min-lr"), (weightDecay, "weight-decay"), (clipGrad, "clip-grad")] {
      try check(value.map { $0 >= 0 && $0.isFinite } ?? true, "--\(name) must be a number that is not negative.")
    }
    try check(clipGrad != 0, "--clip-grad must be positive.")
    try check(epochs == nil || steps == nil, "--epochs and --steps exclude each other.")
    try check(warmupEpochs == nil || warmupSteps == nil, "--warmup-epochs and --warmup-steps exclude each other.")
    try check(
      from == nil || !size.areGiven,
      "--from brings its sizes; leave --size, --dim, --depth, --fusion-depth, --with out, or give "
        + "--encoders to build other sizes on its encoders.")
    try check(ema.map { $0 > 0 && $0 < 1 } ?? true, "--ema must be between 0 and 1.")
    try check(threads.map { (1...256).contains($0) } ?? true, "--threads must be from 1 to 256.")
    try check(loaderThreads.map { (1...256).contains($0) } ?? true, "--loader-threads must be from 1 to 256.")
  }

  /// Of fresh weights.
  var limits: SizeLimits { size.limits }

  /// Those of `--from`, or of fresh weights.
  /// - Parameters:
  ///   - start: what `--from` names.
  ///   - building: what becomes of fresh sizes.
  /// - Throws: `Failure` where they cannot be trained, or lack a modality that is asked for.
  func sizes(
    _ start: StartingPoint?, building: (any NetworkSizes) throws -> any NetworkSizes = { $0 }
  ) throws -> any TrainableSizes {
    let found = try start?.sizes ?? size.sizes(building: building)
    let sizes = try trainable(found)
    guard sizes.modalities.isSuperset(of: modalities ?? sizes.modalities) else {
      throw Failure(
        .usage,
        "\(from ?? "--encoders"): has no \(sizes.modalities.hasVideo ? "sound" : "picture"), so --modalities can only be "
          + sizes.modalities.description)
    }
    return sizes
  }

  /// - Parameter defaults: what is taken where the command line has nothing.
  /// - Throws: `Failure` where the rate would rise.
  func optimisation(_ defaults: FineTuningRecipe) throws -> RunSettings.Optimisation {
    let rate = lr ?? defaults.rate
    if let minLr, minLr > rate {
      throw Failure(.usage, "--min-lr \(minLr) is above the rate that falls to it, \(rate); lower it")
    }
    var result = RunSettings.Optimisation(
      batch: batch, lr: rate, minLr: minLr ?? min(defaults.finalRate ?? rate, rate),
      beta2: betas?.second ?? defaults.beta2)
    let first = betas?.first ?? defaults.beta1
    result.beta1 = first == 0.9 ? nil : first
    // A rate that is asked for is scaled in every architecture.
    result.scalesRate = lr == nil && !defaults.isScaled ? false : nil
    result.weightDecay = weightDecay ?? defaults.weightDecay
    (result.accumulate, result.clipGrad, result.ema) = (accumulate, clipGrad, ema)
    result.precision = precision.setting
    return result
  }

  /// Puts in how many steps there are and how many of them warm up, which the list's length decides.
  func complete(_ settings: inout RunSettings, _ defaults: FineTuningRecipe, _ log: Logger) throws {
    // The rate is scaled to the clips that a step really has.
    settings.optimisation.batch = min(batch, max(settings.data.clips ?? batch, 1))
    let losses = [settings.objective.loss, settings.objective.attributeLoss]
    guard !losses.contains(.ccc) || settings.optimisation.batch > 1 else {
      throw Failure(.usage, "\(data): one clip has no concordance; --loss ccc needs batches of 2 clips or more")
    }
    let anEpoch = try RunPlan.stepsAnEpoch(settings)
    if settings.optimisation.batch < batch {
      log.notice("\(data): has fewer clips than a batch of \(batch); a batch is all \(settings.optimisation.batch)")
    }
    let all = steps ?? (epochs ?? defaults.epochs) * anEpoch
    let warmUp = warmupSteps ?? warmupEpochs.map { $0 * anEpoch } ?? min(defaults.warmupEpochs * anEpoch, all / 10)
    guard warmUp <= all else {
      let option = warmupSteps == nil ? "--warmup-epochs" : "--warmup-steps"
      throw Failure(.usage, "the warm-up has \(warmUp) steps, the run only \(all); lower \(option)")
    }
    (settings.optimisation.steps, settings.optimisation.warmupSteps) = (all, warmUp)
  }

  /// Sees that clips have what the model looks at, as far as the list says so, before hours of training.
  /// - Parameters:
  ///   - lists: of clips, taken together.
  ///   - modalities: what the model looks at.
  ///   - isTraining: more than a tenth without it stops a training; of a validation one clip is enough.
  ///   - takesIncomplete: whether one modality of a clip is enough; then each must be there in one clip at least.
  /// - Throws: `Failure` naming the list and what it lacks.
  func check(
    _ lists: [AnnotationList], has modalities: Modalities, isTraining: Bool, takesIncomplete: Bool = false
  ) throws {
    let (entries, path) = (lists.flatMap(\.entries), lists.map(\.path).joined(separator: ", "))
    let count = entries.count
    // A validation may have a modality in no clip, where the other one is enough.
    if takesIncomplete && !isTraining { return }
    func isTooMany(_ missing: Int) -> Bool {
      isTraining && !takesIncomplete ? missing * 10 > count : missing == count && count > 0
    }
    for (needed, name, rest, missing) in [
      (modalities.hasVideo, "picture", "a", entries.count { $0.video == nil }),
      (modalities.hasAudio, "sound", "v", entries.count { $0.audio == nil }),
    ] where needed {
      guard isTooMany(missing) else { continue }
      let other = missing == count && modalities == .audioVideo ? ", or train without: --modalities \(rest)" : ""
      throw Failure(
        .badData, "\(path): \(missing) of \(count) clips have no \(name), which is needed; add it\(other)")
    }
    if takesIncomplete { return }
    let incomplete = entries.count {
      (modalities.hasVideo && $0.video == nil) || (modalities.hasAudio && $0.audio == nil)
    }
    guard !isTooMany(incomplete) else {
      throw Failure(
        .badData, "\(path): \(incomplete) of \(count) clips lack picture or sound, and both are needed; add them")
    }
  }

  func conditions(_ log: Logger) -> TrainingRun.ExecutionOptions {
    var conditions = TrainingRun.ExecutionOptions()
    (conditions.threads, conditions.loaderThreads) = (threads ?? processors, loaderThreads)
    (conditions.checkpointEvery, conditions.checkpointEpochs) = (checkpointEvery, checkpointEpochs)
    conditions.keep = keep
    (conditions.options.faces, conditions.options.tracks) = (face, tracks.choices)
    (conditions.version, conditions.wallTime) = (Mien.version, wallTime)
    conditions.seconds = {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    (conditions.host, conditions.process) = (hostName(), getpid())
    conditions.warn = { line in log.warning("\(line)") }
    return conditions
  }

  func readList(_ path: String) throws -> AnnotationList { try AnnotationList(path: path, bytes: try readFile(path)) }
}

/// `FIRST,SECOND`, each from 0 to below 1.
struct Betas: ExpressibleByArgument {
  let first, second: Double

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
    guard parts.count == 2, parts.allSatisfy((0..<1).contains) else { return nil }
    (first, second) = (parts[0], parts[1])
  }
}

/// The machine's name.
private func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "here" }
  return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

extension Modalities: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var allValueStrings: [String] { choices.map(\.description) }
  public var defaultValueDescription: String { description }
  public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
