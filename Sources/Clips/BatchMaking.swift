internal import Lists
internal import Networks
internal import Signal
internal import Tensor
internal import Threading

/// A batch that threads fill together: each clip has a row, and what is left of the row of a clip that cannot be used is
/// closed up at the end.
final class BatchMaking: @unchecked Sendable {
  // @unchecked because a row is written by the one thread that has its clip, `outcomes` has a lock, and `batch` is written
  // once, when all clips are done.

  let epoch, number: Int
  /// As `EpochOrder` gives them.
  let draws: [Int]
  /// Set by ``finish(_:)``.
  private(set) var batch: Batch?
  private let video, audio: Matrix?
  private let outcomes: Guarded<[Outcome?]>

  private enum Outcome {
    case made(target: [Float], modalities: Modalities, steps: FeatureSteps)
    case broken(String)
  }

  init(_ draws: [Int], epoch: Int, number: Int, recipe: Recipe, side: Int, memory: BatchMemory) {
    (self.epoch, self.number, self.draws) = (epoch, number, draws)
    func rows(_ modality: Modalities, _ columns: Int) -> Matrix? {
      guard recipe.modalities.contains(modality) else { return nil }
      return Matrix(memory.take(draws.count * columns), rows: draws.count, columns: columns)
    }
    let features = recipe.features
    video = rows(.video, features.map { $0.video?.count ?? 0 } ?? ClipMaker.videoValues(side: side))
    audio = rows(.audio, features.map { $0.audio?.count ?? 0 } ?? ClipMaker.audioValues)
    outcomes = Guarded([Outcome?](repeating: nil, count: draws.count))
  }

  /// Makes one clip; each once.
  func make(_ clip: Int, by maker: ClipMaker) {
    func row(_ matrix: Matrix?) -> UnsafeMutableBufferPointer<Float>? {
      matrix.map { UnsafeMutableBufferPointer(start: $0.base + clip * $0.rowStride, count: $0.columns) }
    }
    let outcome: Outcome
    do {
      let made = try maker.fill(video: row(video), audio: row(audio), draw: draws[clip], epoch: epoch)
      outcome = .made(target: made.target, modalities: made.modalities, steps: made.steps)
    } catch {
      outcome = .broken(
        error is AnnotationError ? "\(error)" : "\(maker.place(ofClip: maker.position(ofDraw: draws[clip]))): \(error)")
    }
    outcomes.withLock { $0[clip] = outcome }
  }

  /// Closes the gaps, and mixes where the recipe says so.
  /// - Parameter clips: of the pool.
  func finish(_ recipe: Recipe, clips: Int, seed: UInt64, side: Int) {
    var batch = Batch(epoch: epoch, number: number)
    var steps: [FeatureSteps] = []
    for (clip, outcome) in outcomes.withLock({ $0 }).enumerated() {
      switch outcome {
      case nil: preconditionFailure("clip \(clip) of a batch was not made")
      case .broken(let reason): batch.broken.append(BrokenClip(position: draws[clip] % clips, description: reason))
      case .made(let target, let modalities, let counted):
        for matrix in [video, audio].compactMap({ $0 }) where clip > batch.count {
          matrix.base.advanced(by: batch.count * matrix.columns)
            .update(from: matrix.base + clip * matrix.columns, count: matrix.columns)
        }
        batch.positions.append(draws[clip] % clips)
        batch.draws.append(draws[clip])
        batch.targets += target
        batch.present.append(modalities)
        steps.append(counted)
      }
    }
    if batch.count > 0 { (batch.video, batch.audio) = (video?.rows(0..<batch.count), audio?.rows(0..<batch.count)) }
    if recipe.features != nil { (batch.videoSteps, batch.audioSteps) = (steps.map(\.video), steps.map(\.audio)) }
    if recipe.takesFewerFrames, recipe.features == nil, video != nil { batch.videoFrames = steps.map(\.video) }
    // Clips that have different modalities or numbers of frames have no common mixture, and features have none.
    let isEven = batch.present.allSatisfy { $0 == recipe.modalities } && Set(steps.map(\.video)).count == 1
    if let mixing = recipe.mixing, recipe.features == nil, isEven {
      // A batch has a stream of its own; its number cannot meet a clip's key, because the purpose is another.
      var random = RandomKey(seed: seed, epoch: epoch, position: number).stream(.mixing)
      Mixing.mix(&batch, by: mixing.choice(side: side, rows: WindowSchedule.rows, random: &random), side: side)
    }
    self.batch = batch
  }
}
