public import Networks
public import Tensor

/// An architecture whose networks can be trained here.
public protocol TrainableArchitecture: Architecture {
  /// Whether a run's config.json names it. One architecture is not named, because it was the only one once.
  var isNamedInRuns: Bool { get }

  /// The sizes that a run's config.json has under "model".
  /// - Parameter decoder: it turns keys from snake_case into camelCase.
  /// - Throws: `DecodingError`.
  func sizes(ofRun decoder: any Decoder) throws -> any TrainableSizes
}

extension TrainableArchitecture {
  public var isNamedInRuns: Bool { true }
}

/// Sizes of networks that can be trained.
public protocol TrainableSizes: NetworkSizes {
  /// The sizes of a network that has the modalities of both, such as that of a picture and that of sound; nil: there is
  /// none, because they differ in more, or have a modality in common.
  func joined(with other: any NetworkSizes) -> (any NetworkSizes)?

  /// Writes them under "model" into a run's config.json. What is equal must give equal text.
  func encode(forRun encoder: any Encoder) throws

  /// The sizes to fine-tune a network with.
  func fineTuning(_ request: FineTuningRequest) -> any FineTunableSizes

  /// The sizes to pre-train a network with.
  /// - Throws: why there are none, in one sentence.
  func pretraining(_ request: PretrainingRequest) throws -> any PretrainableSizes
}

extension TrainableSizes {
  public func joined(with other: any NetworkSizes) -> (any NetworkSizes)? { nil }
}

/// What is asked of the sizes of a network that is fine-tuned.
public struct FineTuningRequest: Hashable, Sendable {
  public var outputs: Int
  /// What the outputs are. Most architectures have the same weights for both.
  public var task = Head.Task.classification
  /// Attributes that are answered beside classes, by heads of their own; 0: none. An architecture that cannot gives sizes
  /// without them.
  public var attributes = 0
  /// Some of those that the sizes have.
  public var modalities: Modalities
  /// Values of a step where the network reads features that other networks computed; nil: as the sizes have it.
  public var videoFeatures, audioFeatures: Int?
  /// Whether the head reads every encoder layer, or the last one alone.
  public var layerFusion = true
  /// Whether learned values are to stand for a modality that a clip does not have. Sizes that have no use for them do not
  /// look at it.
  public var absentTokens = false

  public init(outputs: Int, modalities: Modalities) { (self.outputs, self.modalities) = (outputs, modalities) }
}

/// What is asked of the sizes of a network that is pre-trained.
public struct PretrainingRequest: Hashable, Sendable {
  /// Some of those that the sizes have.
  public var modalities: Modalities
  /// Width of the decoders; nil: the architecture's own choice.
  public var decoderWidth: Int?
  /// Encoder layers, from 1, that are contrasted and that decoders look at; nil: the architecture's own choice.
  public var layers: [Int]?
  /// Whether decoders look at encoder layers.
  public var skips = true

  public init(modalities: Modalities) { self.modalities = modalities }
}

/// Sizes of a network that can be fine-tuned.
public protocol FineTunableSizes: TrainableSizes {
  /// Whether a network learns from clips that lack one of its modalities, too.
  var learnsFromIncompleteClips: Bool { get }

  /// Whether a learner can leave out whole modalities of clips by chance; see ``FineTuningSettings/modalityDropout``.
  var dropsModalities: Bool { get }

  /// Whether a network learns from clips that have fewer frames than a window, such as stills.
  var takesFewerFrames: Bool { get }

  /// What is taken where nobody asks for something else.
  var recipe: FineTuningRecipe { get }

  /// The weights to begin with.
  ///
  /// - Parameters:
  ///   - source: a trained network, whose encoders are taken; nil: all weights are fresh.
  ///   - seed: of fresh weights.
  ///   - takesHead: whether the head is taken from the source too.
  /// - Throws: `WeightError` naming what the source lacks, or the store's error if it cannot be read.
  func start(from source: (any TensorStore)?, seed: UInt64, takesHead: Bool) throws -> any TensorStore

  /// - Parameters:
  ///   - weights: to begin or to go on with; they are copied.
  ///   - settings: how the network is trained.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func learner(_ weights: any TensorStore, _ settings: FineTuningSettings) throws -> any SupervisedLearner
}

extension FineTunableSizes {
  public var learnsFromIncompleteClips: Bool { false }
  public var dropsModalities: Bool { false }
  public var takesFewerFrames: Bool { false }
  public var recipe: FineTuningRecipe { FineTuningRecipe() }
}

/// Sizes of a network that can be pre-trained.
public protocol PretrainableSizes: TrainableSizes {
  /// The weights to begin with.
  ///
  /// - Parameters:
  ///   - source: a trained network, whose encoders are taken, and the rest where it has the same shape; nil: all weights
  ///     are fresh.
  ///   - seed: of fresh weights.
  /// - Throws: `WeightError` naming what the source lacks, or the store's error if it cannot be read.
  func start(from source: (any TensorStore)?, seed: UInt64) throws -> any TensorStore

  /// - Parameters:
  ///   - weights: to begin or to go on with; they are copied.
  ///   - settings: how the network is trained.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func learner(_ weights: any TensorStore, _ settings: PretrainingSettings) throws -> any SelfSupervisedLearner

  /// Times whole steps over noise, from fresh weights.
  /// - Throws: `TrainingDiverged`.
  func benchmark(batch: Int, threads: Int, precision: Precision, steps: Int) throws -> TrainingBenchmark
}

/// How a network is fine-tuned.
public struct FineTuningSettings: Hashable, Sendable {
  public var threads = 1
  /// What operands of products are rounded to, forward and backward.
  public var precision = Precision.f32
  /// What the rate is multiplied with at every layer below the head.
  public var layerDecay = 1.0
  /// The chance that the last layers' residual branches are left out.
  public var dropPath = 0.0
  /// The chance that the video of a clip is left out, and that its audio is; never both. At most ½.
  public var modalityDropout = 0.0
  /// Neighbouring clips of a batch that are computed together; see ``SlicedPass``. Batch normalisation sees no others.
  public var clipsPerSlice = SlicedPass.clips
  /// What is added to the logits of heads of classes before the loss looks at them, by what a head rests on; recognition
  /// goes without. Empty: nothing.
  public var logitOffsets: [Modalities: [Float]] = [:]

  public init() {}
}

/// How a network is pre-trained.
public struct PretrainingSettings: Hashable, Sendable {
  public var threads = 1
  /// What operands of products are rounded to, forward and backward.
  public var precision = Precision.f32
  /// What the contrast of the modalities counts beside the reconstruction.
  public var contrastWeight = 0.0
  /// Shares of the video and of the spectrogram that are hidden.
  public var maskVideo = 0.0
  public var maskAudio = 0.0

  public init() {}
}
