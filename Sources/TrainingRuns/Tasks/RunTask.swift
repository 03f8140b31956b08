internal import Clips
internal import Lists
internal import Media
internal import Tensor
internal import Training

/// The differences between pre-training and fine-tuning. ``TrainingRun`` has the loop around them.
protocol RunTask: AnyObject {
  /// What is trained, and how its parameters are updated.
  var learner: any Learner { get }

  /// Adds the gradients of a batch that has clips, times `factor`.
  func addGradients(_ batch: Batch, factor: Double) -> BatchLosses

  /// Validates the weights of `store` on the validation list; nil: the weights in training.
  /// - Returns: nil if it was stopped.
  /// - Throws: ``FileError`` if no clip can be used, or what reading the model throws.
  func validate(
    _ store: (any TensorStore)?, epoch: Int, step: Int, stop: () -> Bool, broken: (BrokenClip) throws -> Void
  ) throws -> RunRecord.Validation?

  /// What each encoder layer contributes to the head; nil where there is no head.
  func layerWeights(step: Int) -> RunRecord.LayerWeights?
}

/// What a task needs besides the settings; none of it decides what comes out.
struct TaskInput {
  var settings: RunSettings
  var pool: ClipPool
  var validation: ClipPool?
  /// Where the lists' files are.
  var source: any ClipSource
  var options: Recording.Options
  var threads: Int
  /// Weights to begin with, or to go on with.
  var weights: any TensorStore
}

/// A batch's values as a matrix, one row a clip; nil where it has none.
func rows(_ values: [Float], _ count: Int) -> Matrix? {
  values.isEmpty ? nil : Matrix(FloatBuffer(values), rows: count, columns: values.count / count)
}

extension TrainingBatch {
  init(_ batch: Batch, seed: UInt64) {
    self.init(
      video: batch.video, audio: batch.audio,
      clips: batch.draws.map { RandomKey(seed: seed, epoch: batch.epoch, position: $0) },
      key: RandomKey(seed: seed, epoch: batch.epoch, position: batch.number))
    present = batch.present
    (videoLengths, audioLengths, videoFrames) = (batch.videoSteps, batch.audioSteps, batch.videoFrames)
  }

  /// One view of a clip, to judge a network with.
  init(_ view: ModelInput, key: RandomKey) {
    self.init(video: rows(view.video, 1), audio: rows(view.audio, 1), clips: [key], key: key)
    (videoLengths, audioLengths) = (view.videoSteps.map { [$0] }, view.audioSteps.map { [$0] })
    videoFrames = view.videoFrames.map { [$0] }
  }
}

extension RunRecord.Validation {
  /// Higher is better: UAR, the mean CCC, or the mean of both; without either the loss decides.
  var score: Double {
    let agreement = ccc.map { $0.reduce(0) { $0 + ($1 ?? 0) } / Double(max($0.count, 1)) }
    let known = [uar, agreement].compactMap { $0 }
    return known.isEmpty ? -loss : known.reduce(0, +) / Double(known.count)
  }
}
