internal import Clips
internal import Glibc
internal import Layers
public import Lists
public import Networks
internal import Recognition
internal import Tensor
internal import Training

/// Classification or regression.
final class FineTuningTask: RunTask {
  let finetuner: any SupervisedLearner
  let input: TaskInput
  /// What a class counts in the loss; nil: all the same.
  private let classWeights: [Float]?

  var learner: any Learner { finetuner }

  init(_ input: TaskInput) throws {
    self.input = input
    var settings = input.settings.fineTuning(threads: input.threads)
    if let share = input.settings.objective.priorShare {
      for head in input.settings.model.sizes.heads where head.task == .classification {
        let counts = ClassCounts(
          input.pool, classes: input.settings.labels.count, mix: input.settings.data.mix, having: head.modalities)
        settings.logitOffsets[head.modalities] = counts.logPriors(share)
      }
    }
    finetuner = try Self.sizes(input.settings).learner(input.weights, settings)
    classWeights =
      input.settings.objective.classWeights == .balanced
      ? ClassCounts(input.pool, classes: input.settings.labels.count, mix: input.settings.data.mix).balancedWeights
      : nil
  }

  /// Fresh weights, and in their place encoders and fusion of a checkpoint.
  /// - Parameter takesHead: the head and what is before it too: the checkpoint's outputs are these.
  static func startingWeights(
    _ settings: RunSettings, from source: (any TensorStore)?, takesHead: Bool
  ) throws -> any TensorStore {
    try sizes(settings).start(from: source, seed: settings.seed, takesHead: takesHead)
  }

  private static func sizes(_ settings: RunSettings) -> any FineTunableSizes {
    guard let sizes = settings.model.sizes as? any FineTunableSizes else {
      preconditionFailure("the settings of a fine-tuning have sizes of something else")
    }
    return sizes
  }

  func addGradients(_ batch: Batch, factor: Double) -> BatchLosses {
    finetuner.addGradients(TrainingBatch(batch, seed: input.settings.seed), objective(batch), factor: factor)
  }

  private func objective(_ batch: Batch) -> Objective {
    guard let targets = rows(batch.targets, batch.count) else { preconditionFailure("a batch without labels") }
    let wanted = input.settings.objective
    guard let loss = wanted.attributeLoss else { return objective(targets, wanted.loss) }
    let classes = input.settings.labels.count
    return .tasks(
      classification: objective(targets.columns(0..<classes), wanted.loss),
      regression: objective(targets.columns(classes..<targets.columns), loss))
  }

  private func objective(_ targets: Matrix, _ loss: RunSettings.Objective.Loss) -> Objective {
    switch loss {
    case .mse: return .meanSquaredError(targets)
    case .ccc: return .concordance(targets)
    case .ce, .reconstruction:
      let smoothing = Float(input.settings.objective.labelSmoothing)
      for row in 0..<targets.rows {
        for column in 0..<targets.columns {
          let smoothed = (1 - smoothing) * targets[row, column] + smoothing / Float(targets.columns)
          targets[row, column] = smoothed * (classWeights?[column] ?? 1)
        }
      }
      return .classes(targets)
    }
  }

  func layerWeights(step: Int) -> RunRecord.LayerWeights? {
    finetuner.layerWeights.map { weights in
      RunRecord.LayerWeights(
        step: step, video: weights.video.map { Estimate.softmax($0) }, audio: weights.audio.map { Estimate.softmax($0) }
      )
    }
  }
}

/// How many clips each class has.
public struct ClassCounts: Hashable, Sendable {
  /// Clips that have something of the class.
  public let counts: [Int]
  /// What the class has of the clips that an epoch draws, where votes are shares of a clip.
  private let shares: [Double]

  /// - Parameters:
  ///   - pool: its labels were read; those that are wrong do not count.
  ///   - classes: their number.
  ///   - mix: the lists' shares of a batch; nil: they are one pool.
  ///   - modalities: that a clip must have to count.
  public init(_ pool: ClipPool, classes: Int, mix: [Int]? = nil, having modalities: Modalities = []) {
    let order = EpochOrder(lists: pool.counts, mix: mix, batch: 1, seed: 0)
    let draws = order.drawsOfAClip
    var (counts, shares) = ([Int](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
    for clip in pool.clips {
      let given = Modalities(video: clip.entry.video != nil, audio: clip.entry.audio != nil)
      guard modalities.isSubset(of: given), let found = try? clip.label?.get().classes else { continue }
      for index in found.indices where found[index] > 0 {
        counts[index] += 1
        shares[index] += found[index] * draws[clip.list]
      }
    }
    (self.counts, self.shares) = (counts, shares)
  }

  /// - Throws: `AnnotationError` naming the line whose label is no class.
  public init(_ list: AnnotationList, classes: Int) throws {
    var counts = [Int](repeating: 0, count: classes)
    for entry in list.entries { counts[try list.classIndex(of: entry, count: classes)] += 1 }
    self.counts = counts
    shares = counts.map(Double.init)
  }

  /// Clips / (classes · clips of the class), so that every class counts the same and a clip 1 on average; 1 for a class
  /// without a clip.
  public var balancedWeights: [Float] {
    let total = shares.reduce(0, +)
    let met = Double(shares.count { $0 > 0 })
    return shares.map { $0 > 0 ? Float(total / (met * $0)) : 1 }
  }

  /// `share` times the logarithm of each class's part of what is drawn: logit adjustment (Menon et al. 2021, equation 10).
  /// A class without a clip has the largest of them, so that nothing speaks for it.
  public func logPriors(_ share: Double) -> [Float] {
    let total = shares.reduce(0, +)
    let largest = shares.max() ?? 0
    guard total > 0 else { return shares.map { _ in 0 } }
    return shares.map { Float(share * log(($0 > 0 ? $0 : largest) / total)) }
  }
}
