import ArgumentParser
import Clips
import Glibc
import Lists
import Logging
import Models
import Networks
import Signal
import Training
import TrainingRuns

/// `mien finetune`: a list of labelled clips goes in, a model that answers comes out.
struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model to recognise, from a pre-trained or a published one.",
    usage: "mien finetune --data <list> -o <run> [<options>]",
    discussion: """
      EXAMPLES:
        mien finetune --data train.csv --from pretrained -o mine --labels crema-d
        mien finetune --data va.csv --from base.pth -o va --loss ccc \\
          --attributes valence,arousal
        mien finetune --data a.csv b.csv --labels crema-d --mix 3:1 \\
          --data-labels crema-d b/labels.txt --leave-out-unknown -o both
        mien finetune --data both.csv --from both --labels crema-d \\
          --attributes valence,arousal -o more
        mien live --model mine

      Defaults are the published recipe of each architecture, but batches are smaller (published are 56 clips a step: --batch 8 --accumulate 7) \
      and mixing takes the sound along. Both encoders and the fusion are taken from --from, and the head of a fine-tuned \
      model where labels and modalities are the same. Ctrl-C makes a checkpoint; the same command with --resume goes on, \
      bit for bit. \
      docs/training.md says what is in a run's folder.
      """)

  @OptionGroup var training: TrainingOptions
  @OptionGroup var joined: ListOptions
  @OptionGroup var encoders: EncoderOptions
  @Option(
    help: ArgumentHelp(
      "Class names: crema-d, mafw, names with commas between them, or a file with a name a line. (default: those of "
        + "--from)", valueName: "names"))
  var labels: String?
  @Option(
    help: ArgumentHelp(
      "Attributes, such as valence,arousal: a regression, or, with --labels, beside classes where the architecture can.",
      valueName: "names"))
  var attributes: String?
  @OptionGroup var objective: ObjectiveOptions
  @Option(
    help: ArgumentHelp(
      "Take what --from lacks from this model: of one that sees and one that hears becomes one that does both.",
      valueName: "path"))
  var join: String?
  @Option(
    help: ArgumentHelp(
      "What the rate is multiplied with at every layer below the head. "
        + RecipeWords.defaults { "\($0.layerDecay ?? 1)" }))
  var layerDecay: Double?
  @Option(
    help: ArgumentHelp(
      "Chance that the last layers' residual branches are left out. "
        + RecipeWords.defaults { "\($0.dropPath ?? 0)" }))
  var dropPath: Double?
  @Flag(help: "The head reads the last layers alone (the paper's ablation).") var noLayerFusion = false
  @Option(
    help: ArgumentHelp(
      "The model learns what stands for an absent picture or sound, so that it answers from the other one alone; this is "
        + "the chance that a clip's picture is left out, and that its sound is (never both). The list may have clips that "
        + "lack one. (default: the model needs both)", valueName: "chance"))
  var modalityDropout: Double?
  @Option(
    help: ArgumentHelp(
      "Clips of a batch that are computed together. Batch normalisation sees no others, so stills, which are one frame each, "
        + "want more. (default: 4)", valueName: "clips"))
  var slice: Int?

  @Option(help: ArgumentHelp("RandAugment's operations; 0: none. \(changed("4", "0"))")) var randAugment: Int?
  @Flag(inversion: .prefixedNo, help: ArgumentHelp("Random resized crops. \(changed("--crop", "--no-crop"))"))
  var crop: Bool?
  @Option(help: ArgumentHelp("Chance of a mirrored clip. \(changed("0.5", "0"))")) var flip: Double?
  @Option(help: ArgumentHelp("Chance of random erasing. \(changed("0.25", "0"))")) var erasing: Double?
  @Option(help: "Chance that a stretch of up to 8 of the 16 frames is left out; the frame before stands in.")
  var frameDropout = 0.0
  @Option(
    help: ArgumentHelp(
      "Show the network so many of a clip's 16 frames, chosen at random, which saves time. A still is one frame anyway. "
        + "Not every architecture can. (default: all)", valueName: "count"))
  var frames: Int?
  @Option(
    help: ArgumentHelp(
      "Change every clip as another camera would: pose, resolution down to a face of so many pixels, light, colour, noise. "
        + "(default: off)", valueName: "px"))
  var camera: Int?
  @Option(help: ArgumentHelp("Mixup's Beta parameter; 0: off. \(changed("0.8 for classes", "0"))")) var mixup: Double?
  @Option(help: ArgumentHelp("Cutmix's Beta parameter; 0: off. \(changed("1 for classes", "0"))")) var cutmix: Double?
  @Option(help: "Chance that a batch is mixed.") var mixProbability = 1.0
  @Flag(help: "Change nothing at random in pictures and sound, and mix nothing.")
  var noAugment = false
  @OptionGroup var sound: AudioOptions

  /// The default of what is changed at random, where a recipe does it and where it does not.
  private static func changed(_ yes: String, _ no: String) -> String {
    RecipeWords.defaults { $0.changesClips ? yes : no }
  }

  func validate() throws {
    func check(_ holds: Bool, _ sentence: String) throws { if !holds { throw ValidationError(sentence) } }
    try joined.check(training)
    try check(
      training.from == nil || encoders.encoders == nil,
      "--from and --encoders exclude each other: the first one brings its sizes, the second one encoders alone.")
    try objective.check(hasLabels: labels != nil, hasAttributes: attributes != nil, batch: training.batch)
    for (value, name) in [
      (objective.labelSmoothing, "label-smoothing"), (flip, "flip"), (erasing, "erasing"),
      (mixProbability, "mix-probability"),
      (frameDropout, "frame-dropout"),
    ] { try check(value.map((0...1).contains) ?? true, "--\(name) must be from 0 to 1.") }
    try check(frames.map((1...16).contains) ?? true, "--frames must be from 1 to 16.")
    try check(camera.map((8...160).contains) ?? true, "--camera must be from 8 to 160.")
    try check(dropPath.map((0..<1).contains) ?? true, "--drop-path must be from 0 to below 1.")
    try check(join == nil || training.from != nil, "--join is for a model that begins with another: give --from.")
    try check(slice.map { $0 > 0 } ?? true, "--slice must be 1 or more.")
    try check(modalityDropout.map { (0...0.5).contains($0) } ?? true, "--modality-dropout must be from 0 to 0.5.")
    try check(layerDecay.map { $0 > 0 && $0 <= 1 } ?? true, "--layer-decay must be above 0 and at most 1.")
    try check(
      [mixup, cutmix].allSatisfy { $0.map { $0 >= 0 && $0 < 1000 } ?? true },
      "--mixup and --cutmix must be from 0 to below 1000.")
    try check(randAugment.map((0...20).contains) ?? true, "--rand-augment must be from 0 to 20.")
    let changes: [(name: String, value: Double, absent: Double)] = [
      ("mixup", mixup ?? 0, 0), ("cutmix", cutmix ?? 0, 0), ("mix-probability", mixProbability, 1),
      ("rand-augment", Double(randAugment ?? 0), 4), ("flip", flip ?? 0, 0.5), ("erasing", erasing ?? 0, 0.25),
      ("frame-dropout", frameDropout, 0), ("camera", Double(camera ?? 0), 0),
    ]
    let wanted = changes.filter { $0.value > 0 && $0.value != $0.absent }.map(\.name) + sound.switchedOn
    try check(
      !noAugment || wanted.isEmpty, "--no-augment switches --\(wanted.first ?? "") off; leave one of them out.")
  }

  func run() throws {
    let log = training.verbosity.bootstrap()
    let lists = try training.lists.map(training.readList)
    let validation = try training.val.map(training.readList)
    let start = try training.from.map { path in
      let first = try StartingPoint(path)
      return try join.map { try first.joined(with: StartingPoint($0)) } ?? first
    }
    let outputs = try OutputChoice(self, start)
    let names = outputs.labels

    let base = try encoders.start()
    let before = try training.sizes(start) { try encoders.on(base, $0, size: training.size.name) }
    var request = FineTuningRequest(outputs: names.count, modalities: training.modalities ?? before.modalities)
    request.layerFusion = !noLayerFusion
    request.absentTokens = modalityDropout != nil
    request.task = outputs.classes.isEmpty ? .regression : .classification
    request.attributes = outputs.attributesBeside?.count ?? 0
    let features = try (lists + validation).map { try ListFeatures($0) }
    if start == nil {
      request.videoFeatures = try features.compactMap { try $0.width(.video) }.first
      request.audioFeatures = try features.compactMap { try $0.width(.audio) }.first
    }
    let sizes = before.fineTuning(request)
    guard sizes.attributeOutputs == request.attributes else {
      throw Failure(
        .usage,
        "\(sizes.architecture.title) answers either classes or attributes; leave --labels or --attributes out, or train another architecture"
      )
    }
    guard modalityDropout == nil || sizes.dropsModalities else { throw noUseForModalityDropout(sizes) }
    guard frames == nil || sizes.takesFewerFrames else {
      throw Failure(.usage, "--frames: this \(sizes.architecture.title) needs all frames; leave the option out")
    }
    try training.size.checkKept(by: sizes)
    let defaults = sizes.recipe
    warn(of: defaults, sizes, log)
    for (list, features) in zip(lists + validation, features) { try training.checkKind(of: list, features, sizes, log) }
    for (lists, isTraining) in [(lists, true), (validation, false)] where !lists.isEmpty {
      try training.check(
        lists, has: request.modalities, isTraining: isTraining, takesIncomplete: sizes.learnsFromIncompleteClips)
    }
    let augmentation = augmentation(defaults, mixes: !outputs.classes.isEmpty)
    if sizes.inputs.areFeatures, augmentation != AugmentationSettings() {
      throw Failure(.usage, "features are not changed at random; leave out --mixup, --crop and all that change clips")
    }
    var optimisation = try training.optimisation(defaults)
    (optimisation.layerDecay, optimisation.dropPath) = (
      defaults.layerDecay.map { layerDecay ?? $0 } ?? 1, defaults.dropPath.map { dropPath ?? $0 } ?? 0
    )
    optimisation.modalityDropout = modalityDropout
    optimisation.slice = slice
    var settings = RunSettings(
      task: .finetune, data: try joined.data(lists), model: .init(sizes),
      preprocessing: (start ?? base)?.preprocessing ?? Preprocessing(),
      objective: objective.settings(outputs, smoothing: defaults.labelSmoothing),
      optimisation: optimisation, augmentation: augmentation, seed: training.seed)
    settings.validation = try joined.validation(validation)
    (settings.from, settings.face, settings.labels) = ((start ?? base)?.source, training.face.rawValue, names)
    settings.joined = start?.joined
    settings.attributes = outputs.attributesBeside
    let pool = try joined.read(lists, validation, for: &settings)
    for lists in [settings.data, settings.validation].compactMap({ $0 }) { joined.tell(lists, log) }
    if !outputs.classes.isEmpty {
      try objective.check(ClassCounts(pool, classes: names.count), names, of: "\(training.data)", log)
    }
    if !outputs.attributes.isEmpty && !pool.clips.contains(where: { (try? $0.label?.get().attributes) ?? nil != nil }) {
      throw Failure(
        .badData,
        "\(training.data): no clip has \(outputs.attributes.joined(separator: ", ")); add them, or leave --attributes out"
      )
    }
    try training.complete(&settings, defaults, log)

    // Values that stand for an absent modality can be fresh beside a head that is taken.
    let headed = [false, true].map { absentTokens in
      request.absentTokens = absentTokens
      return AnySizes(before.fineTuning(request))
    }
    let run = try TrainingRun(
      training.output, settings: settings, lists: lists, validation: validation, source: (start ?? base)?.store,
      takesHead: start.map {
        $0.labels == names && $0.attributes == settings.attributes && headed.contains(AnySizes($0.sizes))
      } ?? false,
      resumes: training.resume,
      conditions: training.conditions(log))
    try RunCommand(training, log).go(run)
  }

  private func noUseForModalityDropout(_ sizes: any FineTunableSizes) -> Failure {
    let reason =
      sizes.modalities == .audioVideo
      ? "\(sizes.architecture.title) has nothing that stands for an absent modality"
      : "a model of '\(sizes.modalities)' has no modality to spare"
    return Failure(.usage, "--modality-dropout: \(reason); leave the option out")
  }

  /// Says which options the architecture does not have.
  private func warn(of recipe: FineTuningRecipe, _ sizes: any NetworkSizes, _ log: Logger) {
    let title = sizes.architecture.title
    if layerDecay != nil, recipe.layerDecay == nil {
      log.warning("--layer-decay: all layers of \(title) have one rate; the option is not used")
    }
    if dropPath != nil, recipe.dropPath == nil {
      log.warning("--drop-path: \(title) leaves no residual branches out; the option is not used")
    }
  }

  private func augmentation(_ recipe: FineTuningRecipe, mixes: Bool) -> AugmentationSettings {
    if noAugment { return AugmentationSettings() }
    var settings = recipe.changesClips ? AugmentationSettings.finetuning(mixes: mixes) : AugmentationSettings()
    settings.randAugment = randAugment ?? settings.randAugment
    settings.resizedCrop = crop ?? settings.resizedCrop
    (settings.flip, settings.erasing) = (flip ?? settings.flip, erasing ?? settings.erasing)
    settings.frameDropout = frameDropout > 0 ? frameDropout : nil
    (settings.frames, settings.camera) = (frames, camera)
    (settings.mixup, settings.cutmix) = (mixup ?? settings.mixup, cutmix ?? settings.cutmix)
    settings.mixProbability = mixProbability
    sound.put(into: &settings)
    return settings
  }
}
