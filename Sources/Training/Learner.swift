public import HiCMAE
public import Layers
public import Tensor

/// The losses of a pre-training batch.
public struct PretrainingLosses: Hashable, Sendable {
  /// Means over the values of hidden patches; nil for a sense that the model does not have.
  public let video, audio: Double?
  /// Summed over the layers; 0 where it is switched off, and with one sense alone.
  public let contrast: Double
  /// What is minimised.
  public let total: Double
}

/// Pre-training of a model: its parameters, and the gradients of one batch at a time.
public final class PretrainingLearner {
  public let model: Pretraining
  public let parameters: ParameterSet
  public let operations: Operations
  /// Where the last batch's way to its loss first had what is not finite; nil: nowhere.
  public private(set) var bad: TrainingDiverged.Place?
  private let tape: Tape

  /// What the contrast counts beside the reconstruction; 0 switches it off (an ablation of the paper).
  public var contrastWeight = 0.0025
  /// What similarities are divided by.
  public static let temperature = 0.07

  /// - Parameters:
  ///   - weights: a store's or fresh ones; copied.
  ///   - precision: of products, forward and backward; see ``Tensor/Operations``.
  /// - Throws: ``Layers/WeightError`` if names, shapes or layers do not fit, or the store's error if it cannot be read.
  public init(
    _ configuration: PretrainingConfiguration, _ weights: Weights, threads: Int = 1, precision: Precision = .f32
  ) throws {
    try configuration.check()
    _ = try Pretraining(configuration, weights)
    parameters = ParameterSet(weights)
    model = try Pretraining(configuration, Weights(reading: parameters.store))
    operations = Operations(threads: threads, training: precision)
    tape = Tape(parameters, operations)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its losses.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised. A sense that the model does not have is not looked at and may be nil.
  ///   - audio: (batch, 256·128), normalised; likewise.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  public func addGradients(
    video: Matrix?, audio: Matrix?, mask: PretrainingMask, factor: Double = 1
  ) -> PretrainingLosses {
    operations.reset()
    tape.forget()
    let contrasted = contrastWeight != 0
    let output = operations.recorded(by: tape) {
      model(video: video, audio: audio, mask: mask, contrast: contrasted, operations)
    }
    let sizes = model.configuration.backbone
    let targets = ReconstructionTargets(
      video: sizes.hasVideo ? video : nil, audio: sizes.hasAudio ? audio : nil, mask: mask, operations)
    func reconstruction(_ said: Matrix?, _ truth: Matrix?) -> Double? {
      guard let said, let truth else { return nil }
      return Losses.meanSquaredError(said, truth, gradient: tape.seed(said), factor: factor)
    }
    let videoLoss = reconstruction(output.video, targets.video)
    let audioLoss = reconstruction(output.audio, targets.audio)
    let contrast = output.levels.reduce(0.0) { sum, level in
      sum
        + Losses.contrast(
          video: level.video, audio: level.audio, temperature: Self.temperature,
          videoGradient: tape.seed(level.video), audioGradient: tape.seed(level.audio), factor: factor * contrastWeight)
    }
    let total = (videoLoss ?? 0) + (audioLoss ?? 0) + contrastWeight * contrast
    bad = total.isFinite ? nil : tape.firstNotFinite(given: [video, audio])
    tape.backward()
    return PretrainingLosses(video: videoLoss, audio: audioLoss, contrast: contrast, total: total)
  }
}

/// Fine-tuning of a model: its parameters, and the gradients of one batch at a time.
public final class FineTuningLearner {
  public let model: HiCMAEModel
  public let parameters: ParameterSet
  public let operations: Operations
  /// Where the last batch's way to its loss first had what is not finite; nil: nowhere.
  public private(set) var bad: TrainingDiverged.Place?
  private let tape: Tape

  /// What a batch is compared with.
  public enum Objective {
    /// (batch, classes), rows sum to 1: smoothed and mixed labels.
    case classes(Matrix)
    /// (batch, attributes).
    case meanSquaredError(Matrix)
    /// (batch, attributes): 1 − CCC.
    case concordance(Matrix)
  }

  /// - Parameters:
  ///   - weights: a store's or fresh ones; copied.
  ///   - precision: of products, forward and backward; see ``Tensor/Operations``.
  /// - Throws: ``Layers/WeightError``, or the store's error if it cannot be read.
  public init(
    _ configuration: Configuration, _ weights: Weights, threads: Int = 1, precision: Precision = .f32
  ) throws {
    _ = try HiCMAEModel(configuration, weights)
    parameters = ParameterSet(weights)
    model = try HiCMAEModel(configuration, Weights(reading: parameters.store))
    operations = Operations(threads: threads, training: precision)
    tape = Tape(parameters, operations)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its loss and outputs.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised. A sense that the model does not have is not looked at and may be nil.
  ///   - audio: (batch, 256·128), normalised; likewise.
  ///   - dropping: residual branches left out by chance, with a seed of this batch's own.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  /// - Returns: the loss, and the logits (batch, outputs), which last until the next batch.
  public func addGradients(
    video: Matrix?, audio: Matrix?, objective: Objective, dropping: DropPath? = nil, factor: Double = 1
  ) -> (loss: Double, logits: Matrix) {
    guard let batch = (model.configuration.hasVideo ? video : audio)?.rows else {
      preconditionFailure("a batch without the sense that the model has")
    }
    operations.reset()
    tape.forget()
    let logits = operations.recorded(by: tape) {
      let logits = operations.matrix(rows: batch, columns: model.configuration.outputs)
      model(video: video, audio: audio, dropping: dropping, operations, into: logits)
      return logits
    }
    let gradient = tape.seed(logits)
    let loss =
      switch objective {
      case .classes(let targets):
        Losses.crossEntropy(logits, targets: targets, gradient: gradient, factor: factor)
      case .meanSquaredError(let targets):
        Losses.meanSquaredError(logits, targets, gradient: gradient, factor: factor)
      case .concordance(let targets): Losses.concordance(logits, targets, gradient: gradient, factor: factor)
      }
    bad = loss.isFinite ? nil : tape.firstNotFinite(given: [video, audio])
    tape.backward()
    return (loss, logits)
  }
}
