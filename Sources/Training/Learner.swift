public import HiCMAE
public import Layers
public import Tensor

/// The losses of a pre-training batch.
public struct PretrainingLosses: Hashable, Sendable {
  /// Means over the values of hidden patches.
  public let video, audio: Double
  /// Summed over the layers; 0 where it is switched off.
  public let contrast: Double
  /// What is minimised.
  public let total: Double
}

/// Pre-training of a model: its parameters, and the gradients of one batch at a time.
public final class PretrainingLearner {
  public let model: Pretraining
  public let parameters: ParameterSet
  public let operations: Operations
  private let tape: Tape

  /// What the contrast counts beside the reconstruction; 0 switches it off (an ablation of the paper).
  public var contrastWeight = 0.0025
  /// What similarities are divided by.
  public static let temperature = 0.07

  /// - Parameter weights: a store's or fresh ones; copied.
  /// - Throws: ``Layers/WeightError`` if names, shapes or layers do not fit, or the store's error if it cannot be read.
  public init(_ configuration: PretrainingConfiguration, _ weights: Weights, threads: Int = 1) throws {
    try configuration.check()
    _ = try Pretraining(configuration, weights)
    parameters = ParameterSet(weights)
    model = try Pretraining(configuration, Weights(reading: parameters.store))
    operations = Operations(threads: threads)
    tape = Tape(parameters, operations)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its losses.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised.
  ///   - audio: (batch, 256·128), normalised.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  public func addGradients(
    video: Matrix, audio: Matrix, mask: PretrainingMask, factor: Double = 1
  ) -> PretrainingLosses {
    operations.reset()
    tape.forget()
    let contrasted = contrastWeight != 0
    let output = operations.recorded(by: tape) {
      model(video: video, audio: audio, mask: mask, contrast: contrasted, operations)
    }
    let targets = ReconstructionTargets(video: video, audio: audio, mask: mask, operations)
    let videoLoss = Losses.meanSquaredError(
      output.video, targets.video, gradient: tape.seed(output.video), factor: factor)
    let audioLoss = Losses.meanSquaredError(
      output.audio, targets.audio, gradient: tape.seed(output.audio), factor: factor)
    let contrast = output.levels.reduce(0.0) { sum, level in
      sum
        + Losses.contrast(
          video: level.video, audio: level.audio, temperature: Self.temperature,
          videoGradient: tape.seed(level.video), audioGradient: tape.seed(level.audio), factor: factor * contrastWeight)
    }
    tape.backward()
    return PretrainingLosses(
      video: videoLoss, audio: audioLoss, contrast: contrast, total: videoLoss + audioLoss + contrastWeight * contrast)
  }
}

/// Fine-tuning of a model: its parameters, and the gradients of one batch at a time.
public final class FineTuningLearner {
  public let model: HiCMAEModel
  public let parameters: ParameterSet
  public let operations: Operations
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

  /// - Parameter weights: a store's or fresh ones; copied.
  /// - Throws: ``Layers/WeightError``, or the store's error if it cannot be read.
  public init(_ configuration: Configuration, _ weights: Weights, threads: Int = 1) throws {
    _ = try HiCMAEModel(configuration, weights)
    parameters = ParameterSet(weights)
    model = try HiCMAEModel(configuration, Weights(reading: parameters.store))
    operations = Operations(threads: threads)
    tape = Tape(parameters, operations)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its loss and outputs.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised.
  ///   - audio: (batch, 256·128), normalised.
  ///   - dropping: residual branches left out by chance, with a seed of this batch's own.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  /// - Returns: the loss, and the logits (batch, outputs), which last until the next batch.
  public func addGradients(
    video: Matrix, audio: Matrix, objective: Objective, dropping: DropPath? = nil, factor: Double = 1
  ) -> (loss: Double, logits: Matrix) {
    operations.reset()
    tape.forget()
    let logits = operations.recorded(by: tape) {
      let logits = operations.matrix(rows: video.rows, columns: model.configuration.outputs)
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
    tape.backward()
    return (loss, logits)
  }
}
