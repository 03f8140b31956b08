public import Architectures
public import Checkpoint
internal import Files
internal import Foundation
internal import Layers
public import Networks
public import Tensor

/// A folder that `mien model import` made: `config.json` and `model.safetensors`.
public struct ModelFolder: Sendable {
  public let path: String
  public let config: ModelConfig
  private let known: [any Architecture]

  static let configName = "config.json"
  static let weightsName = "model.safetensors"

  /// Reads and validates the config; weights are only opened by `open()` and `load()`.
  /// - Parameters:
  ///   - path: the folder.
  ///   - known: the architectures that the model may be of.
  /// - Throws: `FileError`.
  public init(_ path: String, among known: [any Architecture] = architectures) throws {
    (self.path, self.known) = (path, known)
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
    config = try ModelConfig(file: file, among: known)
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

  /// Another folder, of the same architectures.
  func folder(at path: String) throws -> ModelFolder { try ModelFolder(path, among: known) }

  public var weightsPath: String { path + "/" + (config.weights?.file ?? Self.weightsName) }

  /// Maps the weights and proves that their sizes are the config's.
  /// - Throws: `FileError` or `WeightError`.
  public func open() throws -> SafetensorsFile {
    let store = try SafetensorsFile(weightsPath)
    let (found, said) = (try inferredSizes(of: store, weightsPath, known), config.sizes.base)
    guard said.architecture.name == found.architecture.name else {
      throw FileError(
        .badData, path: path,
        problem:
          "config.json is of a \(said.architecture.title), but \(Self.weightsName) is of a \(found.architecture.title)",
        remedy: "a folder must hold the files of one model: copy or import it again")
    }
    guard said.fits(found) else {
      throw FileError(
        .badData, path: path,
        problem: "config.json says \(said.summary), but \(Self.weightsName) has \(found.summary)",
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
      network: try naming(weightsPath) { try config.sizes.base.network(Weights(reading: store, packing: packing)) })
  }
}

/// A model in memory, ready to recognise, and what it says of itself.
public struct LoadedModel: Sendable {
  public let config: ModelConfig
  public let network: any Network

  init(config: ModelConfig, network: any Network) { (self.config, self.network) = (config, network) }

  /// Fresh weights: for demonstrations and timing. The same seed gives the same weights; the answers mean nothing.
  public init(
    untrained sizes: any NetworkSizes, called size: String, labels: Labels, seed: UInt64, packing: WeightPacking? = nil
  ) {
    precondition(sizes.outputs == labels.names.count, "\(labels.names.count) labels for \(sizes.outputs) outputs")
    config = ModelConfig(
      id: "untrained-\(size)-\(seed)", task: .classification, sizes: sizes, labels: labels, trained: false)
    network = sizes.freshNetwork(seed: seed, packing: packing)
  }
}

/// Runs `body`; an error of the weights' own gets the name of their file.
package func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as WeightError {
    throw FileError(.badData, path: path, problem: "\(error)")
  }
}

/// The sizes that the weights imply. Bounded, because the model is given memory before every tensor was looked at.
/// - Throws: `FileError` naming the file, also where the network takes other inputs than this version makes.
package func inferredSizes(
  of store: any TensorStore, _ path: String, _ known: [any Architecture]
) throws -> any NetworkSizes {
  let sizes = try naming(path) { try known.sizes(of: store) }
  let limit = sizes.architecture.limits.largest
  guard sizes.width <= limit else {
    throw FileError(.badData, path: path, problem: "its width is \(sizes.width); the limit is \(limit)")
  }
  if let problem = Preprocessing().mismatch(with: sizes.inputs) {
    throw FileError(.badData, path: path, problem: problem)
  }
  return sizes
}
