public import Checkpoint
internal import Files
internal import Foundation
public import HiCMAE
internal import Layers
internal import Networks
public import Tensor

/// A folder that `mien model import` made: `config.json` and `model.safetensors`.
public struct ModelFolder: Sendable {
  public let path: String
  public let config: ModelConfig

  static let configName = "config.json"
  static let weightsName = "model.safetensors"

  /// Reads and validates the config; weights are only opened by `open()` and `load()`.
  /// - Throws: `FileError`.
  public init(_ path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(
        .noInput, path: path, problem: "no such model folder",
        remedy: "make one: mien model import CHECKPOINT -o \(path) --labels …")
    }
    guard isFolder.boolValue else {
      throw FileError(
        .noInput, path: path, problem: "is a file, not a model folder",
        remedy: "if it is a checkpoint, import it: mien model import \(path) -o DIR --labels …")
    }
    let file = path + "/" + Self.configName
    guard FileManager.default.fileExists(atPath: file) else {
      throw FileError(
        .noInput, path: path, problem: "has no config.json, so it is not a model folder",
        remedy: "make one: mien model import CHECKPOINT -o DIR --labels …")
    }
    config = try ModelConfig(file: file)
    guard let weights = config.weights else {
      throw FileError(.badData, path: file, problem: "lacks the key 'weights'")
    }
    // A folder from a stranger must not point elsewhere.
    guard !weights.file.isEmpty, !weights.file.contains("/"), weights.file != "..", weights.file != "." else {
      throw FileError(.badData, path: file, problem: "'weights.file' is not the name of a file in the same folder")
    }
    // Files are named after it, such as calibrations.
    guard weights.sha256.utf8.count == 64, weights.sha256.allSatisfy({ "0123456789abcdef".contains($0) }) else {
      throw FileError(.badData, path: file, problem: "'weights.sha256' is not a SHA-256 in 64 figures")
    }
  }

  public var weightsPath: String { path + "/" + (config.weights?.file ?? Self.weightsName) }

  /// Maps the weights and proves that their sizes are the config's.
  /// - Throws: `FileError` or `WeightError`.
  public func open() throws -> SafetensorsFile {
    let store = try SafetensorsFile(weightsPath)
    let sizes = try inferredSizes(of: store, weightsPath)
    guard sizes == config.sizes else {
      throw FileError(
        .badData, path: path,
        problem: "config.json says \(describe(config.sizes)), but \(Self.weightsName) has \(describe(sizes))",
        remedy: "import the checkpoint again")
    }
    return store
  }

  /// Compares the SHA-256 of the weights with the config's.
  /// - Throws: `FileError` if they differ.
  public func verify() throws {
    let found = try sha256(ofFile: weightsPath)
    guard found == config.weights?.sha256 else {
      throw FileError(
        .badData, path: weightsPath,
        problem: "its SHA-256 is \(found), but config.json says \(config.weights?.sha256 ?? "nothing")",
        remedy: "the weights were changed or damaged: import the checkpoint again")
    }
  }

  /// - Throws: `FileError` for a pre-training model, which answers nothing.
  public func needHead() throws {
    guard config.task == .pretraining else { return }
    throw FileError(
      .badData, path: path, problem: "is a pre-training model, which has no head", remedy: "fine-tune it first")
  }

  /// The model; every name, shape and value proven.
  /// - Parameter packing: how its weights are packed, to recognise with; nil leaves them mapped.
  /// - Throws: `FileError` for a pre-training model, which answers nothing; errors of `open()`.
  public func load(packing: WeightPacking? = nil) throws -> LoadedModel {
    try needHead()
    let store = try open()
    return LoadedModel(
      config: config,
      network: try naming(weightsPath) { try HiCMAEModel(config.sizes, Weights(reading: store, packing: packing)) })
  }
}

/// A model in memory, ready to recognise, and what it says of itself.
public struct LoadedModel: Sendable {
  public let config: ModelConfig
  public let network: HiCMAEModel

  init(config: ModelConfig, network: HiCMAEModel) { (self.config, self.network) = (config, network) }

  /// Fresh weights: for demonstrations and timing. The same seed gives the same weights; the answers mean nothing.
  public init(
    untrained sizes: Configuration, called size: String, labels: Labels, seed: UInt64, packing: WeightPacking? = nil
  ) {
    precondition(sizes.outputs == labels.names.count, "\(labels.names.count) labels for \(sizes.outputs) outputs")
    config = ModelConfig(
      id: "untrained-\(size)-\(seed)", task: .classification, sizes: sizes, labels: labels, trained: false)
    network = HiCMAEModel(sizes, seed: seed, packing: packing)
  }
}

/// Runs `body`; an error of the weights' own gets the name of their file.
func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as WeightError {
    throw FileError(.badData, path: path, problem: "\(error)")
  }
}

/// Builds the model: every name is used, every shape fits, every value is finite.
func prove(_ store: any TensorStore, _ config: ModelConfig) throws {
  if config.task == .pretraining {
    _ = try Pretraining(reading: store)
  } else {
    _ = try HiCMAEModel(config.sizes, Weights(reading: store))
  }
}

/// The sizes that the weights imply. Bounded, because the model is given memory before every tensor was looked at.
func inferredSizes(of store: any TensorStore, _ path: String) throws -> Configuration {
  let sizes = try naming(path) { try Configuration(inferredFrom: store) }
  guard sizes.dim <= widthLimit else {
    throw FileError(.badData, path: path, problem: "its width is \(sizes.dim); the limit is \(widthLimit)")
  }
  return sizes
}

/// Eight times the widest published model.
let widthLimit = 4096

/// Sizes for a message.
func describe(_ sizes: Configuration) -> String {
  let depths =
    switch sizes.modalities {
    case .audio: "sound alone, depth \(sizes.audioDepth)"
    case .video: "picture alone, depth \(sizes.videoDepth)"
    default: "depth \(sizes.videoDepth) and \(sizes.audioDepth), fusion \(sizes.fusionDepth)"
    }
  return "dim \(sizes.dim), \(depths), \(sizes.layerFusion ? "" : "no layer fusion, ")\(sizes.outputs) outputs"
}
