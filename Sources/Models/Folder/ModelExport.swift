public import Checkpoint
internal import Foundation
internal import Networks

/// Exports a model folder or a run's model to a new folder, with smaller numbers, another name or another note.
public struct ModelExport: Sendable {
  public var source: ModelFolder
  /// The folder to make.
  public var destination: String
  public var format: WeightFormat
  /// nil: the destination's name.
  public var id: String?
  /// nil: the source's.
  public var note: String?
  /// nil: the source's.
  public var license: String?
  /// Replace a model folder that is there.
  public var force: Bool

  public init(
    _ source: ModelFolder, destination: String, format: WeightFormat = .float32, id: String? = nil, note: String? = nil,
    license: String? = nil, force: Bool = false
  ) {
    (self.source, self.format, self.id, self.note) = (source, format, id, note)
    (self.license, self.force) = (license, force)
    self.destination = ModelDraft.trimmed(destination)
  }

  /// - Parameter stop: asked before every tensor and file.
  /// - Throws: `FileError`, `ModelImport.Stopped`. Nothing is left at or beside the destination then.
  public func run(stop: @escaping @Sendable () -> Bool = { false }) throws -> ModelFolder {
    let draft = try ModelDraft(destination, of: source.weightsPath, force: force)
    let store = StoppableStore(store: try source.open(), stop: stop)
    try naming(source.weightsPath) { try source.config.sizes.base.prove(store) }
    var config = source.config
    config.id = id ?? URL(fileURLWithPath: destination).lastPathComponent
    config.note = note ?? config.note
    config.license = license ?? config.license
    if let weights = config.weights { config.source = .init(file: weights.file, sha256: weights.sha256) }
    try draft.write(store, config, as: format, check: store.check)
    return try source.folder(at: destination)
  }
}
