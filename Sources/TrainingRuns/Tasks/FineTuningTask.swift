internal import Clips
internal import Layers
public import Lists
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
    finetuner = try Self.sizes(input.settings)
      .learner(input.weights, input.settings.fineTuning(threads: input.threads))
    classWeights =
      input.settings.objective.classWeights == .balanced
      ? try ClassCounts(input.list, classes: input.settings.labels.count).balancedWeights : nil
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
    switch input.settings.objective.loss {
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

/// How many clips of a list each class has.
public struct ClassCounts: Hashable, Sendable {
  public let counts: [Int]

  /// - Throws: `AnnotationError` naming the line whose label is no class.
  public init(_ list: AnnotationList, classes: Int) throws {
    var counts = [Int](repeating: 0, count: classes)
    for entry in list.entries { counts[try list.classIndex(of: entry, count: classes)] += 1 }
    self.counts = counts
  }

  /// Clips / (classes · clips of the class), so that every class counts the same and a clip 1 on average; 1 for a class
  /// without a clip.
  public var balancedWeights: [Float] {
    let total = Double(counts.reduce(0, +))
    let met = Double(counts.count { $0 > 0 })
    return counts.map { $0 > 0 ? Float(total / (met * Double($0))) : 1 }
  }
}
