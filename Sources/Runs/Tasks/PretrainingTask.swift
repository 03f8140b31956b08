internal import Corpus
internal import Files
internal import HiCMAE
internal import HiCMAETraining
internal import Layers
internal import Lists
internal import Networks
internal import Tensor
internal import Training

/// Masked reconstruction and contrast.
final class PretrainingTask: RunTask {
  private let learner: PretrainingLearner
  private let input: TaskInput

  var parameters: ParameterSet { learner.parameters }
  var operations: Operations { learner.operations }
  var bad: TrainingDiverged.Place? { learner.bad }

  init(_ input: TaskInput) throws {
    guard let sizes = input.settings.model.pretraining else {
      preconditionFailure("the settings of a pre-training have no decoders")
    }
    self.input = input
    learner = try PretrainingLearner(
      sizes, Weights(reading: input.weights), threads: input.threads,
      precision: input.settings.optimisation.precision ?? .f32)
    learner.contrastWeight = input.settings.objective.contrastWeight
  }

  /// Fresh weights, and in their place what a checkpoint has of them: the backbone, decoders of the same shape.
  static func startingWeights(_ settings: RunSettings, from source: (any TensorStore)?) throws -> any TensorStore {
    guard let sizes = settings.model.pretraining else {
      preconditionFailure("the settings of a pre-training have no decoders")
    }
    return try PretrainingStart.store(seed: settings.seed, from: source) { _ = try Pretraining(sizes, $0) }
  }

  func rule(_ entry: ParameterSet.Entry) -> UpdateRule { .pretraining(entry) }

  func layerShares(step: Int) -> RunRecord.LayerShares? { nil }

  func addGradients(_ batch: Batch, factor: Double) -> BatchLosses {
    let (video, audio, mask) = Self.inputs(batch)
    let losses = learner.addGradients(video: video, audio: audio, mask: mask, factor: factor)
    return BatchLosses(
      total: losses.total, video: losses.video, audio: losses.audio, contrast: contrasts ? losses.contrast : nil)
  }

  private var contrasts: Bool {
    learner.contrastWeight != 0 && learner.model.configuration.backbone.modalities == .audioVideo
  }

  private static func inputs(_ batch: Batch) -> (video: Matrix?, audio: Matrix?, mask: PretrainingMask) {
    /// Of a modality that is not there, something must be hidden; nobody looks.
    func places(_ mask: [Bool], _ size: Int, first: Int) -> [[Int]] {
      (0..<batch.count).map { clip in mask.isEmpty ? [0] : (0..<first).filter { mask[clip * size + $0] } }
    }
    // A tube is the same at every time step, so the first one tells it.
    let mask = PretrainingMask(
      hiddenTubes: places(batch.videoMask, Configuration.videoTokens, first: PretrainingMask.tubes),
      audio: places(batch.audioMask, Configuration.audioTokens, first: Configuration.audioTokens))
    return (batch.video, batch.audio, mask)
  }

  func validate(
    _ store: (any TensorStore)?, epoch: Int, step: Int, stop: () -> Bool, broken: (BrokenClip) throws -> Void
  ) throws -> RunRecord.Validation? {
    guard let list = input.validation else { preconditionFailure("no list to validate on") }
    let settings = input.settings
    let model = try store.map { try Pretraining(learner.model.configuration, Weights(reading: $0)) }
    var wanted = BatchLoader.Settings(batch: settings.optimisation.batch, seed: settings.seed)
    (wanted.shuffles, wanted.threads, wanted.options, wanted.brokenShare) = (false, input.threads, input.options, 1)
    let loader = BatchLoader(list: list, recipe: settings.plainRecipe, settings: wanted, epochs: 0..<1)
    defer { loader.cancel() }
    var (clips, total, video, audio, contrast) = (0, 0.0, 0.0, 0.0, 0.0)
    while let batch = try loader.next() {
      if stop() { return nil }
      for clip in batch.broken { try broken(clip) }
      guard batch.count > 0 else { continue }
      let values = Self.inputs(batch)
      let losses = learner.losses(of: model, video: values.video, audio: values.audio, mask: values.mask)
      let share = Double(batch.count)
      clips += batch.count
      total += share * losses.total
      video += share * (losses.video ?? 0)
      audio += share * (losses.audio ?? 0)
      contrast += share * losses.contrast
    }
    guard clips > 0 else { throw FileError.nothingToValidate(list, input.settings.modalities) }
    let all = Double(clips)
    var result = RunRecord.Validation(epoch: epoch, step: step, clips: clips, loss: total / all)
    let backbone = learner.model.configuration.backbone
    result.video = backbone.hasVideo ? video / all : nil
    result.audio = backbone.hasAudio ? audio / all : nil
    result.contrast = contrasts ? contrast / all : nil
    return result
  }
}

extension FileError {
  static func nothingToValidate(_ list: AnnotationList, _ modalities: Modalities) -> FileError {
    FileError(
      .badData, path: list.path, problem: "none of its clips can be used",
      remedy: "mien data check \(list.path) --modalities \(modalities) says why")
  }
}
