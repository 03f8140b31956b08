public import Architectures
internal import Checkpoint
internal import Files
internal import Layers
public import Lists
public import Models
public import Networks
public import Tensor
internal import Training

/// What `--from` names: a model folder, a run, or a checkpoint file in the published format.
public struct StartingPoint: Sendable {
  public private(set) var store: any TensorStore
  /// The file of weights.
  public let source: RunSettings.Source
  public private(set) var sizes: any NetworkSizes
  /// Of a model folder.
  public let preprocessing: Preprocessing?
  /// Of a model folder.
  public let task: ModelConfig.Task?
  /// What its outputs are called; nil where there are none, or nobody says.
  public let labels: [String]?
  /// Attributes that it answers beside classes; nil: none.
  public private(set) var attributes: [String]?
  /// What the other modality is from; nil: from the same file.
  public private(set) var joined: RunSettings.Source?

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

extension StartingPoint {
  /// Both in one, where one has what the other lacks: weights of one name are this one's.
  /// - Throws: `FileError` naming the other one, if the two do not go together.
  public func joined(with other: StartingPoint) throws -> StartingPoint {
    func problem(_ reason: String) -> FileError {
      FileError(path: other.source.path, problem: "cannot be joined to \(source.path): \(reason)")
    }
    guard labels == other.labels, task == other.task else { throw problem("it answers other classes") }
    guard attributes == nil || other.attributes == nil || attributes == other.attributes else {
      throw problem("it answers other attributes")
    }
    guard let sizes = (sizes as? any TrainableSizes)?.joined(with: other.sizes) else {
      throw problem("it has other sizes (\(other.sizes.summary)), or the same modality")
    }
    var joined = self
    (joined.sizes, joined.store) = (sizes, JoinedStore(store, other.store))
    (joined.attributes, joined.joined) = (attributes ?? other.attributes, other.source)
    return joined
  }
}

extension RunSettings.Source {
  /// A list of clips.
  /// - Throws: `FileError` if it cannot be read.
  public init(_ list: AnnotationList) throws {
    self.init(path: list.path, sha256: try Files.sha256(ofFile: list.path), clips: list.entries.count)
  }
}
