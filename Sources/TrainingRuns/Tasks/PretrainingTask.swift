internal import Clips
internal import Files
internal import Layers
internal import Lists
internal import Networks
internal import Tensor
internal import Training

/// Training without labels.
final class PretrainingTask: RunTask {
  private let pretrainer: any SelfSupervisedLearner
  private let input: TaskInput

  var learner: any Learner { pretrainer }

  init(_ input: TaskInput) throws {
    self.input = input
    pretrainer = try Self.sizes(input.settings)
      .learner(input.weights, input.settings.pretraining(threads: input.threads))
  }

  /// Fresh weights, and in their place what a checkpoint has of them.
  static func startingWeights(_ settings: RunSettings, from source: (any TensorStore)?) throws -> any TensorStore {
    try sizes(settings).start(from: source, seed: settings.seed)
  }

  private static func sizes(_ settings: RunSettings) -> any PretrainableSizes {
    guard let sizes = settings.model.sizes as? any PretrainableSizes else {
      preconditionFailure("the settings of a pre-training have sizes of something else")
    }
    return sizes
  }

  func layerWeights(step: Int) -> RunRecord.LayerWeights? { nil }

  func addGradients(_ batch: Batch, factor: Double) -> BatchLosses {
    pretrainer.addGradients(TrainingBatch(batch, seed: input.settings.seed), factor: factor)
  }

  func validate(
    _ store: (any TensorStore)?, epoch: Int, step: Int, stop: () -> Bool, broken: (BrokenClip) throws -> Void
  ) throws -> RunRecord.Validation? {
    guard let pool = input.validation else { preconditionFailure("no list to validate on") }
    let settings = input.settings
    let losses = try pretrainer.losses(of: store)
    var wanted = BatchLoader.Settings(batch: settings.optimisation.batch, seed: settings.seed)
    (wanted.shuffles, wanted.threads, wanted.brokenShare) = (false, input.threads, 1)
    (wanted.source, wanted.options) = (input.source, input.options)
    let loader = BatchLoader(pool, recipe: settings.plainRecipe, settings: wanted, epochs: 0..<1)
    defer { loader.cancel() }
    var (clips, sum) = (0, BatchLosses(total: 0))
    while let batch = try loader.next() {
      if stop() { return nil }
      for clip in batch.broken { try broken(clip) }
      guard batch.count > 0 else { continue }
      clips += batch.count
      sum.add(losses(TrainingBatch(batch, seed: settings.seed)), times: Double(batch.count))
    }
    guard clips > 0 else { throw FileError.nothingToValidate(pool, input.settings.modalities) }
    let all = Double(clips)
    var result = RunRecord.Validation(epoch: epoch, step: step, clips: clips, loss: sum.total / all)
    (result.video, result.audio) = (sum.video.map { $0 / all }, sum.audio.map { $0 / all })
    result.contrast = sum.contrast.map { $0 / all }
    return result
  }
}

extension BatchLosses {
  /// Adds another batch's, each part so many times.
  fileprivate mutating func add(_ other: BatchLosses, times count: Double) {
    total += count * other.total
    for part in [\BatchLosses.video, \.audio, \.contrast] {
      if let value = other[keyPath: part] { self[keyPath: part] = (self[keyPath: part] ?? 0) + count * value }
    }
  }
}

extension FileError {
  static func nothingToValidate(_ pool: ClipPool, _ modalities: Modalities) -> FileError {
    FileError(
      .badData, path: pool.path, problem: "none of its clips can be used",
      remedy: "mien data check \(pool.lists[0].path) --modalities \(modalities) says why")
  }
}
