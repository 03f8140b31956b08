import ArgumentParser
import Clips
import Glibc
import Models
import Networks
import Signal
import Training
import TrainingRuns

/// `mien pretrain`: a list of clips without labels goes in, weights to fine-tune from come out.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pre-train a model: masked reconstruction and contrast, no labels.",
    usage: "mien pretrain --data <list> -o <run> [<options>]",
    discussion: """
      EXAMPLES:
        mien pretrain --data clips.csv -o pretrained --size small
        mien pretrain --data clips.csv -o pretrained --size small --resume
        mien finetune --data train.csv --from pretrained -o mine --labels crema-d

      The list needs no labels. Defaults are the published recipe, but for the batch: published are 40 clips in each of \
      4 processes (--batch 40 --accumulate 4). Ctrl-C makes a checkpoint; the same command with --resume goes on, bit for bit. \
      docs/training.md says what is in a run's folder.
      """)

  @OptionGroup var training: TrainingOptions
  @Flag(help: "Decoders without a look at encoder layers (the paper's ablation).") var noSkips = false
  @Flag(help: "No contrast of the modalities (the paper's ablation).") var noContrast = false
  @Option(
    help: ArgumentHelp(
      "Encoder layers that are contrasted and looked at, such as 4,7,10. (default: L, L - 3 and L - 6 of L layers)",
      valueName: "layers"))
  var skipLayers: String?
  @Option(help: "What the contrast counts beside the reconstruction.") var contrastWeight = 0.0025
  @Option(help: "Share of the picture that is hidden.") var maskVideo = 0.9
  @Option(help: "Share of the spectrogram that is hidden.") var maskAudio = 0.8
  @Option(help: "Width of the decoders, a multiple of 64. (default: half the model's; 384 for base)")
  var decoderDim: Int?
  @Flag(inversion: .prefixedNo, help: "Crops of random sizes and places.") var crop = true
  @OptionGroup var sound: AudioOptions

  private var layers: [Int]?? {
    guard let skipLayers else { return .some(nil) }
    let parts = skipLayers.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts.contains(nil) ? .none : .some(parts.compactMap { $0 })
  }

  func validate() throws {
    for (share, name) in [(maskVideo, "mask-video"), (maskAudio, "mask-audio")] where !(0.01..<1).contains(share) {
      throw ValidationError("--\(name) must be from 0.01 to below 1.")
    }
    if !(contrastWeight >= 0 && contrastWeight.isFinite) {
      throw ValidationError("--contrast-weight must be a number that is not negative.")
    }
    if let decoderDim, !training.limits.allow(width: decoderDim) {
      throw ValidationError("--decoder-dim must be a multiple of \(training.limits.widthStep).")
    }
    if training.lists.count > 1 || training.val.count > 1 {
      let (option, count) = training.lists.count > 1 ? ("data", training.lists.count) : ("val", training.val.count)
      throw ValidationError("--\(option) was given \(count) lists; put all clips into one list.")
    }
    if layers == nil { throw ValidationError("--skip-layers must be whole numbers with commas between them.") }
  }

  func run() throws {
    let log = training.verbosity.bootstrap()
    let list = try training.readList(training.lists[0])
    let validation = try training.val.first.map(training.readList)
    let start = try training.from.map { try StartingPoint($0) }
    let sizes = try sizes(start)
    for list in [list, validation].compactMap({ $0 }) {
      try training.checkKind(of: list, ListFeatures(list), sizes, log)
    }
    try training.check([list], has: sizes.modalities, isTraining: true)
    if let validation { try training.check([validation], has: sizes.modalities, isTraining: false) }
    var defaults = FineTuningRecipe()
    (defaults.rate, defaults.finalRate, defaults.beta2, defaults.epochs) = (3e-4, 1e-5, 0.95, 100)

    var augmentation = AugmentationSettings.pretraining
    (augmentation.maskVideo, augmentation.maskAudio) = (maskVideo, maskAudio)
    augmentation.multiScaleCrop = crop
    sound.put(into: &augmentation)
    var objective = RunSettings.Objective(.reconstruction)
    objective.contrastWeight = noContrast ? 0 : contrastWeight
    var settings = RunSettings(
      task: .pretrain, data: try .init(list), model: .init(sizes),
      preprocessing: start?.preprocessing ?? Preprocessing(), objective: objective,
      optimisation: try training.optimisation(defaults), augmentation: augmentation, seed: training.seed)
    settings.validation = try validation.map { try .init($0) }
    (settings.from, settings.face) = (start?.source, training.face.rawValue)
    try training.complete(&settings, defaults, log)

    let run = try TrainingRun(
      training.output, settings: settings, list: list, validation: validation, source: start?.store,
      resumes: training.resume, conditions: training.conditions(log))
    try RunCommand(training, log).go(run)
  }

  private func sizes(_ start: StartingPoint?) throws -> any PretrainableSizes {
    let before = try training.sizes(start)
    var request = PretrainingRequest(modalities: training.modalities ?? before.modalities)
    (request.decoderWidth, request.layers, request.skips) = (decoderDim, layers.flatMap { $0 }, !noSkips)
    let sizes: any PretrainableSizes
    do { sizes = try before.pretraining(request) } catch {
      throw Failure(.usage, "\(skipLayers == nil ? training.from ?? "--size" : "--skip-layers"): \(error)")
    }
    try training.size.checkKept(by: sizes)
    return sizes
  }
}
