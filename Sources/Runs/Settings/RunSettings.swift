public import HiCMAE
public import Models
public import Networks
public import Tensor

/// Everything that decides what a run computes, written to its `config.json`: two runs with equal settings give equal
/// weights. Threads, bars and how often checkpoints are made are not here, because they decide nothing.
public struct RunSettings: Codable, Hashable, Sendable {
  /// A file by its bytes; where it lies does not count.
  public struct Source: Codable, Hashable, Sendable {
    public var path, sha256: String
    /// Clips, of a list.
    public var clips: Int?

    public init(path: String, sha256: String, clips: Int? = nil) {
      (self.path, self.sha256, self.clips) = (path, sha256, clips)
    }
  }

  /// The sizes of what is trained.
  public struct Model: Codable, Hashable, Sendable {
    public var backbone: Configuration
    /// Pre-training's decoders; nil in fine-tuning.
    public var decoderDim, decoderDepth: Int?
    public var skips: Bool?
    public var skipLayers: [Int]?

    /// Of a fine-tuned model.
    public init(_ backbone: Configuration) { self.backbone = backbone }

    public init(_ sizes: PretrainingConfiguration) {
      (backbone, decoderDim, decoderDepth) = (sizes.backbone, sizes.decoderDim, sizes.decoderDepth)
      (skips, skipLayers) = (sizes.skips, sizes.layers)
    }

    /// nil without decoders.
    public var pretraining: PretrainingConfiguration? {
      guard let decoderDim, let decoderDepth, let skips, let skipLayers else { return nil }
      return PretrainingConfiguration(
        backbone: backbone, decoderDim: decoderDim, decoderDepth: decoderDepth, layers: skipLayers, skips: skips)
    }
  }

  /// What is minimised.
  public struct Objective: Codable, Hashable, Sendable {
    public enum Loss: String, Codable, Hashable, Sendable, CaseIterable {
      case reconstruction, ce, mse, ccc
    }
    public enum ClassWeights: String, Codable, Hashable, Sendable, CaseIterable {
      case none, balanced
    }
    public var loss: Loss
    public var labelSmoothing = 0.0
    public var classWeights = ClassWeights.none
    /// Pre-training's contrast beside the reconstruction.
    public var contrastWeight = 0.0

    public init(_ loss: Loss) { self.loss = loss }
  }

  /// How steps are made.
  public struct Optimisation: Codable, Hashable, Sendable {
    /// Clips of a batch, and batches of a step.
    public var batch: Int
    public var accumulate = 1
    /// Steps in all, and of the warm-up.
    public var steps = 0
    public var warmupSteps = 0
    /// Before they are scaled by the clips of a step / 256, as published.
    public var lr, minLr: Double
    public var weightDecay = 0.05
    public var beta2: Double
    /// The gradients' largest norm; nil: any.
    public var clipGrad: Double?
    /// 1: one rate for all layers.
    public var layerDecay = 1.0
    public var dropPath = 0.0
    /// Decay of the running mean of weights; nil: there is none.
    public var ema: Double?
    /// What operands of products are rounded to; nil: not at all, which is f32.
    public var precision: Precision?

    public init(batch: Int, lr: Double, minLr: Double, beta2: Double) {
      (self.batch, self.lr, self.minLr, self.beta2) = (batch, lr, minLr, beta2)
    }

    /// What the published rate is multiplied with.
    public var scale: Double { Double(batch * accumulate) / 256 }
  }

  public var schema = RunRecord.schema
  public var task: RunRecord.Task
  public var data: Source
  public var validation: Source?
  /// What the weights begin with; nil: fresh ones.
  public var from: Source?
  /// Of the outputs; empty in pre-training.
  public var labels: [String] = []
  public var model: Model
  public private(set) var modalities: Modalities
  public var preprocessing: Preprocessing
  /// Whose face is followed in media files.
  public var face = "largest"
  public var objective: Objective
  public var optimisation: Optimisation
  public var augmentation: AugmentationSettings
  public var seed: UInt64

  public init(
    task: RunRecord.Task, data: Source, model: Model, preprocessing: Preprocessing = Preprocessing(),
    objective: Objective, optimisation: Optimisation, augmentation: AugmentationSettings, seed: UInt64
  ) {
    (self.task, self.data, self.model, self.preprocessing) = (task, data, model, preprocessing)
    (self.objective, self.optimisation, self.augmentation) = (objective, optimisation, augmentation)
    (self.seed, modalities) = (seed, model.backbone.modalities)
  }
}
