public import Architectures
internal import Checkpoint
internal import Files
internal import Layers
public import Lists
public import Models
public import Networks
public import Tensor

/// What `--from` names: a model folder, a run, or a checkpoint file in the published format.
public struct StartingPoint: Sendable {
  public let store: any TensorStore
  /// The file of weights.
  public let source: RunSettings.Source
  public let sizes: any NetworkSizes
  /// Of a model folder.
  public let preprocessing: Preprocessing?
  /// Of a model folder.
  public let task: ModelConfig.Task?
  /// What its outputs are called; nil where there are none, or nobody says.
  public let labels: [String]?
  /// Attributes that it answers beside classes; nil: none.
  public let attributes: [String]?

  /// - Parameters:
  ///   - path: a model folder, a run, or a checkpoint file.
  ///   - known: the architectures that the weights may be of.
  /// - Throws: `FileError` naming the file.
  public init(_ path: String, among known: [any Architecture] = architectures) throws {
    let folder = try RunModels.model(of: path)
    let file: String
    if isFolder(folder) {
      let model = try ModelFolder(folder, among: known)
      let store = try model.open()
      self.store = store
      (file, preprocessing, labels) = (model.weightsPath, model.config.preprocessing, model.config.labels?.names)
      (task, attributes) = (model.config.task, model.config.attributes?.names)
      sizes = try naming(file) { try model.config.sizes.base.completed(by: store) }
    } else {
      let store = try openCheckpoint(folder)
      self.store = store
      (file, preprocessing, labels, task, attributes) = (folder, nil, nil, nil, nil)
      let found = try inferredSizes(of: store, folder, known)
      sizes = try naming(folder) { try found.completed(by: store) }
    }
    source = RunSettings.Source(path: file, sha256: try sha256(ofFile: file))
  }
}

extension RunSettings.Source {
  /// A list of clips.
  /// - Throws: `FileError` if it cannot be read.
  public init(_ list: AnnotationList) throws {
    self.init(path: list.path, sha256: try Files.sha256(ofFile: list.path), clips: list.entries.count)
  }
}
