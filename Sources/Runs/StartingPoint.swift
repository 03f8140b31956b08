internal import Checkpoint
internal import Files
internal import Glibc
public import HiCMAE
internal import Layers
public import Lists
public import Models
public import Tensor

/// What `--from` names: a model folder, a run, or a checkpoint file in the published format.
public struct StartingPoint: Sendable {
  public let store: any TensorStore
  /// The file of weights.
  public let source: RunSettings.Source
  public let sizes: Configuration
  /// The decoders' sizes; nil without decoders.
  public let pretraining: PretrainingConfiguration?
  /// Of a model folder.
  public let preprocessing: Preprocessing?
  /// Of a model folder.
  public let task: ModelConfig.Task?
  /// What its outputs are called; nil where there are none, or nobody says.
  public let labels: [String]?

  /// - Throws: `FileError` naming the file.
  public init(_ path: String) throws {
    let folder = try RunFolder.model(of: path)
    let file: String
    let known: PretrainingConfiguration?
    if Self.isFolder(folder) {
      let model = try ModelFolder(folder)
      store = try model.open()
      (file, preprocessing, labels) = (model.weightsPath, model.config.preprocessing, model.config.labels?.names)
      (known, task) = (model.config.pretraining, model.config.task)
    } else {
      store = try openCheckpoint(folder)
      (file, preprocessing, labels, known, task) = (folder, nil, nil, nil, nil)
    }
    do {
      sizes = try Configuration(inferredFrom: store)
      let hasDecoder = store.names.contains { $0.hasPrefix("encoder_to_decoder") }
      pretraining = hasDecoder ? try known ?? PretrainingConfiguration(inferredFrom: store) : nil
    } catch { throw FileError(.badData, path: file, problem: "\(error)") }
    guard sizes.dim <= Self.widest else {
      throw FileError(.badData, path: file, problem: "its width is \(sizes.dim); the limit is \(Self.widest)")
    }
    source = RunSettings.Source(path: file, sha256: try sha256(ofFile: file))
  }

  private static let widest = 4096

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension RunSettings.Source {
  /// A list of clips.
  /// - Throws: `FileError` if it cannot be read.
  public init(_ list: AnnotationList) throws {
    self.init(path: list.path, sha256: try Files.sha256(ofFile: list.path), clips: list.entries.count)
  }
}
