import HiCMAE
import Recognition
import Signal
import Tensor

/// A model whose config is known; its weights are read when a recogniser is asked for, so that a mistake in the input is
/// told before a large file is loaded.
struct ChosenModel: Sendable {
  let config: ModelConfig
  /// What its probabilities are corrected with; nil: nothing.
  var calibration: ModelCalibration?
  /// What it computes in.
  var packing = WeightPacking(.f32)
  /// What is saved in every window.
  var economy = Economy.none
  private let load: @Sendable (WeightPacking) throws -> sending LoadedModel

  /// - Throws: `ModelError` where the folder is none, or its model has no answers.
  init(folder path: String) throws {
    let folder = try ModelFolder(path)
    try folder.needHead()
    config = folder.config
    load = { try folder.load(packing: $0) }
  }

  /// Freshly seeded weights of a published size, with CREMA-D's labels: always the same numbers, which mean nothing.
  init(untrained size: UntrainedSize) throws {
    let labels = try Labels(parsing: "crema-d")
    let sizes = size.configuration(outputs: labels.names.count)
    var config = ModelConfig(
      id: "untrained-\(size.rawValue)", task: .classification, sizes: sizes, labels: labels, trained: false)
    config.weights = nil
    self.config = config
    load = { LoadedModel(untrained: sizes, called: size.rawValue, labels: labels, seed: 1, packing: $0) }
  }

  var summary: ModelSummary {
    ModelSummary(
      id: config.id, sha256: config.weights?.sha256, labels: config.labels?.names ?? [],
      task: config.task == .regression ? .regression : .classification, modalities: config.modalities.rawValue,
      trained: config.trained, precision: packing.precision.rawValue, instructions: "\(packing.level)",
      note: config.note, calibration: calibration, economy: economy)
  }

  var framing: FaceFraming { config.preprocessing.faceFraming }
  /// Frames from one to the next where sampling is by index.
  var samplingRate: Int { config.preprocessing.video.samplingRate }

  /// Reads the weights.
  /// - Throws: what is wrong with them, naming the file.
  func recognizer(threads: Int) throws -> sending Recognizer {
    let network = try load(packing).network
    return try Recognizer(
      classifier: HiCMAEClassifier(network, threads: threads, economy: economy), model: summary,
      normalisation: config.preprocessing.normalisation)
  }
}

/// HiCMAE behind the recogniser's protocol.
final class HiCMAEClassifier: WindowClassifier {
  private let inference: Inference
  /// Where pictures are held for later windows.
  private let encoded: EncodedPicture?

  init(_ model: HiCMAEModel, threads: Int, economy: Economy) {
    inference = Inference(
      model: model, threads: threads,
      pruning: economy.videoTokens < 1 ? TokenPruning(share: economy.videoTokens) : nil)
    encoded = economy.pictureEvery > .zero ? EncodedPicture() : nil
  }

  var outputs: Int { inference.model.configuration.outputs }

  func outputs(video: FloatBuffer, audio: FloatBuffer, isSamePicture: Bool, into outputs: FloatBuffer) throws {
    if !isSamePicture { encoded?.clear() }
    inference.logits(video: video, audio: audio, encoded: encoded, into: outputs)
  }
}
