internal import Checkpoint
internal import Files
internal import Foundation
internal import Tensor

/// A model folder in the making: written beside its place and renamed, so that nothing half written is ever there.
struct ModelDraft {
  /// The folder to make.
  let destination: String
  private let path: String

  /// Checks what can be known before anything is read.
  /// - Parameters:
  ///   - source: the file that will be read; it must not lie in what is replaced.
  ///   - force: replace a model folder that is there.
  /// - Throws: `FileError` of kind `cannotWrite`.
  init(_ destination: String, of source: String, force: Bool) throws {
    self.destination = destination
    // A draft that a killed process left has another number, or is swept away by this one.
    path = "\(destination).\(getpid()).tmp"
    try checkDestination(force: force)
    func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    if place(source).hasPrefix(place(destination) + "/") {
      throw FileError(
        .exists, path: destination, problem: "holds \(source), which it would replace", remedy: "take another name")
    }
  }

  /// A folder's name without slashes behind it: its siblings are named after it.
  static func trimmed(_ destination: String) -> String {
    let trimmed = destination.reversed().drop { $0 == "/" }.reversed()
    return trimmed.isEmpty ? destination : String(trimmed)
  }

  private func checkDestination(force: Bool) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: destination, isDirectory: &isFolder) else {
      let parent = URL(fileURLWithPath: destination).deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: parent, isDirectory: &isFolder), isFolder.boolValue else {
        throw FileError(.cannotWrite, path: destination, problem: "the folder that it would be in does not exist")
      }
      return
    }
    guard force else {
      throw FileError(
        .exists, path: destination, problem: "is there already", remedy: "take another name, or --force")
    }
    // `force` replaces a model; it must not delete another folder that was named by mistake.
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: destination)) ?? []
    let ours: Set<String> = [ModelFolder.configName, ModelFolder.weightsName]
    // A config of ours may be broken, or older; another program's is not ours to replace.
    let config = try? String(contentsOfFile: "\(destination)/\(ModelFolder.configName)", encoding: .utf8)
    let isModel = config?.contains("mien.model") ?? true
    guard isFolder.boolValue, ours.isSuperset(of: contents), isModel else {
      throw FileError(
        .exists, path: destination, problem: "is not a model folder alone, so --force does not replace it",
        remedy: "take another name")
    }
  }

  /// Writes both files and puts the folder in its place.
  /// - Parameters:
  ///   - config: gets the weights' name and SHA-256.
  ///   - check: throws where the folder is not wanted any more; asked last, before it takes its place.
  /// - Throws: `FileError`, what `check` and the store throw. Nothing is left then.
  func write(
    _ store: any TensorStore, _ config: ModelConfig, as format: WeightFormat = .float32, check: () throws -> Void = {}
  ) throws {
    try? FileManager.default.removeItem(atPath: path)
    guard mkdir(path, 0o777) == 0 else {
      throw FileError(.cannotWrite, path: destination, problem: "cannot be made: \(String(cString: strerror(errno)))")
    }
    do {
      var config = config
      let weights = path + "/" + ModelFolder.weightsName
      try writeSafetensors(store, to: weights, as: format, metadata: ["format": "pt"])
      config.weights = .init(file: ModelFolder.weightsName, sha256: try sha256(ofFile: weights))
      let file = try AtomicFile(path + "/" + ModelFolder.configName)
      try file.write(config.json())
      try file.commit()
      try check()
      try put()
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      // The draft's name would mean nothing to the reader of the message.
      if var error = error as? FileError, error.kind == .cannotWrite {
        error.path = destination
        throw error
      }
      throw error
    }
  }

  /// Renames the finished draft to the destination; a folder there is moved aside first, and back if that fails.
  private func put() throws {
    let old = "\(destination).\(getpid()).old"
    let replaces = FileManager.default.fileExists(atPath: destination)
    if replaces, rename(destination, old) != 0 {
      throw FileError(.cannotWrite, path: destination, problem: "cannot be moved: \(String(cString: strerror(errno)))")
    }
    guard rename(path, destination) == 0 else {
      let reason = String(cString: strerror(errno))
      if replaces { rename(old, destination) }
      throw FileError(.cannotWrite, path: destination, problem: "cannot be made: \(reason)")
    }
    syncFolder(of: destination)
    if replaces { try? FileManager.default.removeItem(atPath: old) }
  }
}
