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
  public internal(set) var economy = Economy.none
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
    (self.config, folder) = (config, nil)
    load = { LoadedModel(untrained: sizes, called: size.rawValue, labels: labels, seed: 1, packing: $0) }
  }

  /// What a stream says of it.
  public var summary: ModelSummary {
    var summary = ModelSummary(
      id: config.id, sha256: config.weights?.sha256, labels: config.labels?.names ?? [],
      task: config.task == .regression ? .regression : .classification, modalities: config.modalities,
      trained: config.trained, precision: packing.precision.rawValue, instructions: "\(packing.level)",
      note: config.note, calibration: calibration, economy: economy)
    if config.heads.count > 1 { summary.severalHeads = config.heads }
    return summary
  }

  private var architecture: any Architecture { config.sizes.base.architecture }

  /// Says it where nothing can be saved on the picture.
  func noteSaving(_ saving: ModelNote.Saving, _ note: (ModelNote) -> Void) {
    let isKnown =
      switch saving {
      case .videoTokens: architecture.videoTokenShares != nil
      case .pictureEvery: architecture.reusesVideo
      }
    if !summary.needsVideo {
      note(.savesNothing(saving, model: config.id))
    } else if !isKnown {
      note(.cannotSave(saving, model: config.id))
    }
  }

  /// Where it expects the face in its input.
  public var framing: FaceFraming { config.preprocessing.faceFraming }
  /// Frames from one to the next where sampling is by index.
  public var samplingRate: Int { config.preprocessing.video.samplingRate }

  /// Reads the weights.
  /// - Parameter threads: of the model; results do not depend on it. nil: all processors.
  /// - Throws: what is wrong with them, naming the file.
  public func recognizer(threads: Int? = nil) throws -> sending Recognizer {
    let network = try load(packing).network
    return try Recognizer(
      classifier: NetworkClassifier(network, threads: threads ?? processors, economy: economy), model: summary,
      normalisation: config.preprocessing.normalisation)
  }
}
