import Checkpoint
import Files
import Foundation
import HiCMAE
import Layers
import Networks
import Tensor
import TestSupport
import Testing

@testable import Models

/// A folder for one test, removed when the test's value goes; it makes small checkpoints.
final class ModelScratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "mien-model-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  static let sizes = Configuration(dim: 64, videoDepth: 1, audioDepth: 2, fusionDepth: 1, outputs: 6)

  /// Names and shapes of a model of these sizes; of a pre-training one if it has no outputs.
  static func tensors(_ sizes: Configuration) throws -> [(name: String, shape: [Int])] {
    let weights = Weights(fresh: 1)
    if sizes.outputs == 0 {
      _ = try Pretraining(PretrainingConfiguration(backbone: sizes, decoderDim: 64, decoderDepth: 1), weights)
    } else {
      _ = try HiCMAEModel(sizes, weights)
    }
    return weights.asked
  }

  /// A checkpoint of hashed weights, bent by `change`.
  func checkpoint(
    _ sizes: Configuration = sizes, _ name: String = "checkpoint.safetensors",
    change: (inout [(name: String, shape: [Int])]) -> Void = { _ in }, damage: String? = nil
  ) throws -> String {
    var tensors = try Self.tensors(sizes)
    change(&tensors)
    let hashed = HashedStore(tensors, seed: "m")
    var store = MemoryStore()
    for name in hashed.names {
      // The shape is there: the store was made of it.
      let values = try hashed.values(of: name)
      if name == damage { values.base[values.count - 1] = .nan }
      store.add(name, shape: hashed.shape(of: name) ?? [], values: values)
    }
    try writeSafetensors(store, to: file(name))
    return file(name)
  }

  /// An imported model.
  func model(_ name: String = "model") throws -> ModelFolder {
    try ModelImport(
      checkpoint: checkpoint(), destination: file(name), labels: Labels(parsing: "crema-d")
    ).run()
  }
}

/// The model error that `body` throws; nothing else may be thrown, and something must.
func modelError(
  _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) throws -> FileError {
  let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { try body() }
  let found = try #require(error, sourceLocation: sourceLocation)
  #expect(!found.description.contains("\n"), "one line", sourceLocation: sourceLocation)
  return found
}

extension ModelConfig {
  /// The sizes of a HiCMAE for recognition.
  var hicmae: Configuration {
    get {
      guard let sizes = sizes.base as? Configuration else { preconditionFailure("the sizes of another network") }
      return sizes
    }
    set { sizes = AnySizes(newValue) }
  }
}
