public import Networks
public import Tensor

/// One training of one network: its parameters, and the gradients of one batch at a time.
///
/// A learner may go through a batch in several passes, such as one of each modality and one of both, and add up their
/// gradients.
public protocol Learner: AnyObject {
  var parameters: ParameterSet { get }

  /// What it computes with; a batch's results last until the next one.
  var operations: Operations { get }

  /// The first place with a value that is not finite between the last batch's inputs and its loss; nil: there is none.
  var bad: TrainingDiverged.Place? { get }

  /// How a parameter is updated.
  func rule(_ entry: ParameterSet.Entry) -> UpdateRule
}

/// Training without labels.
public protocol SelfSupervisedLearner: Learner {
  /// Adds the gradients of a batch that has clips, times `factor`, to ``Learner/parameters``.
  func addGradients(_ batch: TrainingBatch, factor: Double) -> BatchLosses

  /// What computes the losses of batches without gradients.
  /// - Parameter store: the weights to judge; nil: those that are trained.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func losses(of store: (any TensorStore)?) throws -> (TrainingBatch) -> BatchLosses
}

/// Training on labels.
public protocol SupervisedLearner: Learner {
  /// Adds the gradients of a batch that has clips, times `factor`, to ``Learner/parameters``.
  func addGradients(_ batch: TrainingBatch, _ objective: Objective, factor: Double) -> BatchLosses

  /// What computes the outputs of the first head that a clip has the modalities for, (clips · outputs), without gradients.
  /// Behind a clip's outputs of classes are those of the attributes, where the network has both.
  /// - Parameter store: the weights to judge; nil: those that are trained.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func answers(of store: (any TensorStore)?) throws -> (TrainingBatch) -> [Float]

  /// What softmax turns into the weight of every encoder layer in the head's input; nil for a modality that is not there.
  /// nil: the head does not read several layers.
  var layerWeights: (video: [Float]?, audio: [Float]?)? { get }
}

extension SupervisedLearner {
  public var layerWeights: (video: [Float]?, audio: [Float]?)? { nil }
}

/// Clips side by side, as a learner takes them.
public struct TrainingBatch {
  /// (clips, values of the input's shape), normalised; nil: not asked for.
  public var video, audio: Matrix?
  /// What each clip has; rows of a modality that a clip lacks are not looked at. nil: all clips have what the batch has.
  public var present: [Modalities]?
  /// Steps of each clip's features that count, where features come from files; nil: all.
  public var videoLengths, audioLengths: [Int]?
  /// How many frames each clip has: the first ones of its window, which stand for the rest; nil: all have 16.
  public var videoFrames: [Int]?
  /// Where the random choices of each clip come from.
  public var clips: [RandomKey]
  /// Where random choices for the whole batch come from.
  public var key: RandomKey

  public init(video: Matrix?, audio: Matrix?, clips: [RandomKey], key: RandomKey) {
    (self.video, self.audio, self.clips, self.key) = (video, audio, clips, key)
  }

  /// What one of the clips has.
  public func modalities(ofClip clip: Int) -> Modalities { present?[clip].intersection(modalities) ?? modalities }

  /// Steps of a clip's features that count; nil: all.
  public func length(ofClip clip: Int, _ modality: Modality) -> Int? {
    (modality == .video ? videoLengths : audioLengths)?[clip]
  }

  /// Those that the batch has.
  public var modalities: Modalities { Modalities(video: video != nil, audio: audio != nil) }
}

/// The losses of one batch.
public struct BatchLosses: Hashable, Sendable {
  /// What is minimised.
  public var total: Double
  /// Its parts, where the training has such: of each modality, and of the contrast between both.
  public var video, audio, contrast: Double?

  public init(total: Double, video: Double? = nil, audio: Double? = nil, contrast: Double? = nil) {
    (self.total, self.video, self.audio, self.contrast) = (total, video, audio, contrast)
  }
}
