internal import Corpus
internal import HiCMAE
internal import HiCMAETraining
internal import Layers
public import Lists
internal import Recognition
internal import Tensor
internal import Training

/// Classification or regression.
final class FineTuningTask: RunTask {
  let learner: FineTuningLearner
  let input: TaskInput
  /// What a class counts in the loss; nil: all the same.
  private let classWeights: [Float]?

  var parameters: ParameterSet { learner.parameters }
  var operations: Operations { learner.operations }
  var bad: TrainingDiverged.Place? { learner.bad }

  init(_ input: TaskInput) throws {
    self.input = input
    learner = try FineTuningLearner(
      input.settings.model.backbone, Weights(reading: input.weights), threads: input.threads,
      precision: input.settings.optimisation.precision ?? .f32)
    classWeights =
      input.settings.objective.classWeights == .balanced
      ? try ClassCounts(input.list, classes: input.settings.labels.count).balancedWeights : nil
  }

  /// Fresh weights, and in their place encoders and fusion of a checkpoint.
  /// - Parameter takesHead: the head and what is before it too: the checkpoint's outputs are these.
  static func startingWeights(
    _ settings: RunSettings, from source: (any TensorStore)?, takesHead: Bool
  ) throws -> any TensorStore {
    let sizes = settings.model.backbone
    guard let source else {
      let fresh = Weights(fresh: settings.seed)
      _ = try HiCMAEModel(sizes, fresh)
      var store = MemoryStore()
      for parameter in fresh.parameters {
        store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
      }
      return store
    }
    return try FineTuningStart(from: source, to: sizes, seed: settings.seed, takingHead: takesHead)
  }

  func rule(_ entry: ParameterSet.Entry) -> UpdateRule {
    .fineTuning(entry, learner.model.configuration, layerDecay: input.settings.optimisation.layerDecay)
  }

  func addGradients(_ batch: Batch, factor: Double) -> BatchLosses {
    let settings = input.settings
    var random = RandomKey(seed: settings.seed, epoch: batch.epoch, position: batch.number).stream(.dropPath)
    let rate = settings.optimisation.dropPath
    let loss = learner.addGradients(
      video: batch.video, audio: batch.audio, objective: objective(batch),
      dropping: rate > 0 ? DropPath(rate: rate, seed: random.next()) : nil, factor: factor
    ).loss
    return BatchLosses(total: loss)
  }

  private func objective(_ batch: Batch) -> FineTuningLearner.Objective {
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

  func layerShares(step: Int) -> RunRecord.LayerShares? {
    func shares(_ parameter: Parameter?) -> [Double]? {
      parameter.map { Estimate.softmax($0.values.array) }
    }
    let model = learner.model
    guard model.videoLayerWeights != nil || model.audioLayerWeights != nil else { return nil }
    return RunRecord.LayerShares(
      step: step, video: shares(model.videoLayerWeights), audio: shares(model.audioLayerWeights))
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
