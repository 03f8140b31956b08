package import Evaluation
internal import Files
public import Models
internal import Networks
public import Recognition
public import Signal
public import Tensor

/// A model whose config is known; its weights are read when a recogniser is asked for, so that a mistake in the input is
/// told before a large file is loaded.
public struct ChosenModel: Sendable {
  public let config: ModelConfig
  /// The folder that it is read from; nil: its weights are in no file.
  public let folder: String?
  /// What its probabilities are corrected with; nil: nothing.
  public internal(set) var calibration: ModelCalibration?
  /// What it computes in.
  public internal(set) var packing = WeightPacking(.f32)
  /// What is saved in every window.
  public internal(set) var economy = SpeedSettings.none
  /// Whether sound in which nobody speaks is used.
  public internal(set) var speechGate = SpeechGate.auto
  /// What its answers are corrected with so that a person's own neutral is the zero; nil: they are its own.
  public internal(set) var baseline: Baseline?
  /// The name of the only head that answers, beside the attributes'; nil: the best one for what is there.
  var onlyHead: String?
  private let load: @Sendable (WeightPacking) throws -> sending LoadedModel

  /// - Throws: `FileError` where the folder is none, or its model has no answers.
  package init(folder path: String) throws {
    let folder = try ModelFolder(path)
    try folder.needHead()
    (config, self.folder) = (folder.config, path)
    load = { try folder.load(packing: $0) }
  }

  /// Freshly seeded weights of a published size, with CREMA-D's labels: always the same numbers, which mean nothing.
  package init(untrained size: UntrainedSize) throws {
    let labels = try Labels(parsing: "crema-d")
    let sizes = size.sizes(outputs: labels.names.count)
    var config = ModelConfig(
      id: "untrained-\(size.rawValue)", task: .classification, sizes: sizes, labels: labels, trained: false)
    config.weights = nil
    self.init(config) { LoadedModel(untrained: sizes, called: size.rawValue, labels: labels, seed: 1, packing: $0) }
  }

  /// A model with this config; its weights are in no file.
  init(_ config: ModelConfig, load: @escaping @Sendable (WeightPacking) throws -> sending LoadedModel) {
    (self.config, self.load, folder) = (config, load, nil)
  }

  /// What a stream says of it.
  public var summary: ModelSummary {
    var summary = ModelSummary(
      id: config.id, sha256: config.weights?.sha256, labels: config.labels?.names ?? [],
      attributes: config.attributes?.names ?? [], heads: heads,
      trained: config.trained, precision: packing.precision.rawValue, instructions: "\(packing.level)",
      note: config.note, calibration: calibration, economy: economy)
    (summary.speechGate, summary.baseline) = (speechGate, baseline)
    return summary
  }

  private var heads: [Head] {
    guard let onlyHead else { return config.heads }
    return config.heads.filter { $0.name == onlyHead || $0.task == .regression }
  }

  private var architecture: any Architecture { config.sizes.base.architecture }

  /// Computes a share of the picture's tokens only, where the architecture can.
  /// - Parameters:
  ///   - share: 1: all of them.
  ///   - note: gets why nothing is saved.
  /// - Throws: `EconomyError` for a share that the architecture does not know.
  mutating func save(videoTokens share: Double, _ note: (ModelNote) -> Void) throws {
    economy.videoTokens = 1
    guard share != 1, canSave(.videoTokens, on: architecture.videoTokenShares != nil, note) else { return }
    if let shares = architecture.videoTokenShares, !shares.contains(share) {
      throw EconomyError.videoTokens(share, model: config.id, possible: shares)
    }
    economy.videoTokens = share
  }

  /// Holds an encoded picture, where the architecture can.
  /// - Parameters:
  ///   - seconds: 0: not at all.
  ///   - note: gets why nothing is saved.
  /// - Throws: `EconomyError` for seconds outside `SpeedSettings.secondsRange`.
  mutating func save(pictureEvery seconds: Double, _ note: (ModelNote) -> Void) throws {
    guard SpeedSettings.secondsRange.contains(seconds) else { throw EconomyError.pictureEvery(seconds) }
    economy.pictureEvery = .zero
    guard seconds > 0, canSave(.pictureEvery, on: architecture.reusesVideo, note) else { return }
    economy.pictureEvery = Instant(seconds: seconds)
  }

  /// Whether the architecture can save this; says it where nothing is saved on the picture.
  private func canSave(_ saving: ModelNote.Saving, on isKnown: Bool, _ note: (ModelNote) -> Void) -> Bool {
    if !summary.needsVideo {
      note(.savesNothing(saving, model: config.id))
    } else if !isKnown {
      note(.cannotSave(saving, model: config.id))
    }
    return isKnown
  }

  /// Where it expects the face in its input.
  public var framing: FaceFraming { config.preprocessing.faceFraming }
  /// How faces are followed for it.
  public var following: FaceFollowingPolicy { summary.evidence == .lasting ? .lasting : FaceFollowingPolicy() }
  /// Frames from one to the next where sampling is by index.
  public var samplingRate: Int { config.preprocessing.video.samplingRate }

  /// Whether it reads features that other networks computed, instead of pictures and sound.
  package var readsFeatures: Bool { config.sizes.base.inputs.areFeatures }

  /// Reads the weights of a model that reads features.
  /// - Parameters:
  ///   - conditions: what is taken away from clips.
  ///   - threads: of the model; results do not depend on it. nil: all processors.
  /// - Throws: what is wrong with them, naming the file.
  package func featureEvaluator(
    conditions: EvaluationConditions = EvaluationConditions(), threads: Int? = nil
  ) throws -> FeatureEvaluator {
    FeatureEvaluator(
      try load(packing).network, model: summary, conditions: conditions, threads: threads ?? processors)
  }

  /// Reads the weights.
  /// - Parameter threads: of the model; results do not depend on it. nil: all processors.
  /// - Throws: what is wrong with them, naming the file; `FileError` for a model that reads features.
  public func recognizer(threads: Int? = nil) throws -> sending Recognizer {
    if readsFeatures {
      throw FileError(
        .usage, path: folder ?? config.id, problem: "reads features of other networks, not pictures and sound",
        remedy: "mien eval answers lists of files of features with it")
    }
    let network = try load(packing).network
    return try Recognizer(
      classifier: NetworkClassifier(network, threads: threads ?? processors, economy: economy), model: summary,
      normalisation: config.preprocessing.normalisation)
  }
}
