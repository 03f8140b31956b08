internal import Architectures
public import Models
public import Networks
public import Tensor
public import Training

/// Everything that decides what a run computes, written to its `config.json`: two runs with equal settings give equal
/// weights. Threads, bars and how often checkpoints are made are not here, because they decide nothing.
public struct RunSettings: Codable, Hashable, Sendable {
  /// A file by its bytes; where it lies does not count.
  public struct Source: Codable, Hashable, Sendable {
    public var path, sha256: String
    /// Of a list: clips that are used, and those that are left out because their labels tell nothing that the run learns;
    /// nil: such labels are an error.
    public var clips, leftOut: Int?
    /// Of a list: what its class indices stand for; nil: they are those of the run.
    public var labels: [String]?
    /// Of a list: its share of every batch; nil: all lists are one pool.
    public var share: Int?

    public init(path: String, sha256: String, clips: Int? = nil) {
      (self.path, self.sha256, self.clips) = (path, sha256, clips)
    }
  }

  /// The sizes of what is trained.
  public struct Model: Hashable, Sendable {
    public let sizes: any TrainableSizes

    public init(_ sizes: any TrainableSizes) { self.sizes = sizes }

    public static func == (one: Model, other: Model) -> Bool { AnySizes(one.sizes) == AnySizes(other.sizes) }

    public func hash(into hasher: inout Hasher) { hasher.combine(AnySizes(sizes)) }
  }

  /// What is minimised.
  public struct Objective: Codable, Hashable, Sendable {
    /// What the outputs are compared by.
    public enum Loss: String, Codable, Hashable, Sendable, CaseIterable {
      case reconstruction, ce, mse, ccc
    }
    /// What a clip of each class counts.
    public enum ClassWeights: String, Codable, Hashable, Sendable, CaseIterable {
      case none, balanced
    }
    public var loss: Loss
    /// What attributes are compared by that are learnt beside classes; nil: there are none.
    public var attributeLoss: Loss?
    public var labelSmoothing = 0.0
    public var classWeights = ClassWeights.none
    /// The share of the classes' log priors that the loss adds to the logits, so that the model's own answers go without
    /// it; nil: nothing is added.
    public var priorShare: Double?
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
    /// false: the rates are those of any step, and are not scaled; nil: they are.
    public var scalesRate: Bool?
    public var weightDecay = 0.05
    /// nil: 0.9.
    public var beta1: Double?
    public var beta2: Double
    /// The gradients' largest norm; nil: any.
    public var clipGrad: Double?
    /// 1: one rate for all layers.
    public var layerDecay = 1.0
    public var dropPath = 0.0
    /// The chance that a clip's video is left out, and that its audio is; nil: nothing stands for what is left out.
    public var modalityDropout: Double?
    /// Clips that are computed together; nil: four.
    public var slice: Int?
    /// Decay of the running mean of weights; nil: there is none.
    public var ema: Double?
    /// What operands of products are rounded to; nil: not at all, which is f32.
    public var precision: Precision?

    public init(batch: Int, lr: Double, minLr: Double, beta2: Double) {
      (self.batch, self.lr, self.minLr, self.beta2) = (batch, lr, minLr, beta2)
    }

    /// What the rates are multiplied with.
    public var scale: Double { scalesRate == false ? 1 : Double(batch * accumulate) / 256 }
  }

  public var schema = RunRecord.schema
  public var task: RunRecord.Task
  public var data: Lists
  public var validation: Lists?
  /// What the weights begin with; nil: fresh ones.
  public var from: Source?
  /// What the other modality's weights begin with; nil: with those of ``from``.
  public var joined: Source?
  /// Of the outputs; empty in pre-training.
  public var labels: [String] = []
  /// Attributes that are learnt beside classes; nil: none.
  public var attributes: [String]?
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
    task: RunRecord.Task, data: Lists, model: Model, preprocessing: Preprocessing = Preprocessing(),
    objective: Objective, optimisation: Optimisation, augmentation: AugmentationSettings, seed: UInt64
  ) {
    (self.task, self.data, self.model, self.preprocessing) = (task, data, model, preprocessing)
    (self.objective, self.optimisation, self.augmentation) = (objective, optimisation, augmentation)
    (self.seed, modalities) = (seed, model.sizes.modalities)
  }
}

extension RunSettings.Model: Codable {
  private enum Key: String, CodingKey { case architecture }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decodeIfPresent(String.self, forKey: .architecture)
    let known = decoder.userInfo[.architectures] as? [any Architecture] ?? architectures
    let found = known.lazy.compactMap { $0 as? any TrainableArchitecture }.first {
      $0.isNamedInRuns ? $0.name == name : name == nil
    }
    guard let found else {
      throw DecodingError.dataCorruptedError(
        forKey: .architecture, in: container, debugDescription: "is none that can be trained")
    }
    sizes = try found.sizes(ofRun: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try sizes.encode(forRun: encoder)
    guard let architecture = sizes.architecture as? any TrainableArchitecture, architecture.isNamedInRuns else {
      return
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(architecture.name, forKey: .architecture)
  }
}

extension RunSettings {
  /// How the run's network is fine-tuned.
  func fineTuning(threads: Int) -> FineTuningSettings {
    var settings = FineTuningSettings()
    (settings.threads, settings.precision) = (threads, optimisation.precision ?? .f32)
    (settings.layerDecay, settings.dropPath) = (optimisation.layerDecay, optimisation.dropPath)
    settings.modalityDropout = optimisation.modalityDropout ?? 0
    settings.clipsPerSlice = optimisation.slice ?? settings.clipsPerSlice
    return settings
  }

  /// How the run's network is pre-trained.
  func pretraining(threads: Int) -> PretrainingSettings {
    var settings = PretrainingSettings()
    (settings.threads, settings.precision) = (threads, optimisation.precision ?? .f32)
    settings.contrastWeight = objective.contrastWeight
    (settings.maskVideo, settings.maskAudio) = (augmentation.maskVideo, augmentation.maskAudio)
    return settings
  }
}
