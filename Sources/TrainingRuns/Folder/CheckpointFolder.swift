internal import Checkpoint
internal import Files
internal import Foundation
internal import Glibc
internal import Models
internal import Tensor

/// One checkpoint: a model folder with what a run needs to go on.
///
/// | file | holds |
/// |---|---|
/// | config.json, model.safetensors, README.md | the model that answers, and its card |
/// | optimizer.safetensors | both moments of AdamW |
/// | weights.safetensors | the weights that are trained, where model.safetensors has their running mean |
/// | state.json | ``RunState`` |
struct CheckpointFolder {
  let path: String

  static let (model, weights, optimizer, state) = (
    "model.safetensors", "weights.safetensors", "optimizer.safetensors", "state.json"
  )

  /// What is written.
  struct Content {
    /// The weights that answer, and those that are trained where they are others.
    var model: any TensorStore
    var weights: (any TensorStore)?
    var moments: any TensorStore
    var config: ModelConfig
    var card: String
    var state: RunState
  }

  /// Appears at its path whole and on disk, or not at all.
  /// - Throws: `FileError` of kind `cannotWrite`; then nothing of it is left.
  init(writing content: Content, to path: String) throws {
    self.path = path
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let draft = "\(path[..<slash]).\(path[slash...]).tmp"
    try? FileManager.default.removeItem(atPath: draft)
    func failure() -> FileError {
      FileError(.cannotWrite, path: path, problem: "cannot be written: \(String(cString: strerror(errno)))")
    }
    guard mkdir(draft, 0o777) == 0 else { throw failure() }
    do {
      var config = content.config
      try writeSafetensors(content.model, to: "\(draft)/\(Self.model)", metadata: ["format": "pt"])
      config.weights = .init(file: Self.model, sha256: try sha256(ofFile: "\(draft)/\(Self.model)"))
      if let weights = content.weights { try writeSafetensors(weights, to: "\(draft)/\(Self.weights)") }
      try writeSafetensors(content.moments, to: "\(draft)/\(Self.optimizer)")
      for (name, text) in [
        ("README.md", content.card), ("config.json", config.json()), (Self.state, content.state.json),
      ] {
        let file = try AtomicFile("\(draft)/\(name)")
        try file.write(text)
        try file.commit()
      }
      guard rename(draft, path) == 0 else { throw failure() }
      syncFolder(of: path)
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      // The draft's name would mean nothing to the reader of the message.
      if var error = error as? FileError, error.kind == .cannotWrite {
        error.path = path
        throw error
      }
      throw error
    }
  }

  /// Says anew where the run is and how good the model is; weights and moments stay.
  /// - Throws: `FileError` of kind `cannotWrite`.
  func update(_ content: Content) throws {
    for (name, text) in [("README.md", content.card), (Self.state, content.state.json)] {
      let file = try AtomicFile("\(path)/\(name)")
      try file.write(text)
      try file.commit()
    }
  }

  /// One that is there.
  init(_ path: String) { self.path = path }

  /// Whether a model can be read from it, although a run could not go on from it.
  var hasModel: Bool { RunModels.hasModel(path) }

  /// All that a run goes on from.
  struct Whole {
    var step: Int
    var state: RunState
    /// The weights that are trained, and their running mean where there is one.
    var weights: any TensorStore
    var average: (any TensorStore)?
    var moments: any TensorStore
  }

  /// - Throws: `FileError` naming the file.
  func read(step: Int, hasAverage: Bool) throws -> Whole {
    let (trained, model) = ("\(path)/\(Self.weights)", "\(path)/\(Self.model)")
    let needed = [Self.state, "config.json", Self.model, Self.optimizer] + (hasAverage ? [Self.weights] : [])
    for file in needed where access("\(path)/\(file)", F_OK) != 0 {
      throw FileError(
        .badData, path: "\(path)/\(file)", problem: "is gone: without it the run cannot go on from this checkpoint")
    }
    return Whole(
      step: step, state: try RunState(file: "\(path)/\(Self.state)"),
      weights: try SafetensorsFile(access(trained, F_OK) == 0 ? trained : model),
      average: hasAverage ? try SafetensorsFile(model) : nil,
      moments: try SafetensorsFile("\(path)/\(Self.optimizer)"))
  }

  /// Whether an error says that a file's content is wrong, rather than that it cannot be had.
  static func isDamage(_ error: any Error) -> Bool {
    (error as? FileError)?.kind == .badData
  }
}
