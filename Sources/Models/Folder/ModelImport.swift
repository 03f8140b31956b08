public import Architectures
internal import Checkpoint
internal import Files
internal import Foundation
public import Networks
internal import Tensor

/// Imports a checkpoint into a model folder: the checkpoint is proven first; the folder is written beside its place and
/// renamed.
///
/// What can be known before reading gigabytes is checked before; nothing half written is ever at the destination.
public struct ModelImport: Sendable {
  /// `.pth` or `.safetensors`.
  public var checkpoint: String
  /// The folder to make.
  public var destination: String
  /// What the outputs are called; required but for pre-training checkpoints.
  public var labels: Labels?
  /// What the attributes are called that are answered beside classes; required where there are such.
  public var attributes: Labels?
  /// nil: classification, or pre-training if there is no head.
  public var task: ModelConfig.Task?
  /// nil: the destination's name.
  public var id: String?
  /// Replace a model folder that is there.
  public var force: Bool
  private let known: [any Architecture]

  /// - Parameters:
  ///   - checkpoint: `.pth` or `.safetensors`.
  ///   - destination: the folder to make.
  ///   - labels: what the outputs are called; required but for pre-training checkpoints.
  ///   - task: nil: classification, or pre-training if there is no head.
  ///   - id: nil: the destination's name.
  ///   - force: whether a model folder that is there is replaced.
  ///   - known: the architectures that the checkpoint may be of.
  public init(
    checkpoint: String, destination: String, labels: Labels? = nil, task: ModelConfig.Task? = nil, id: String? = nil,
    force: Bool = false, among known: [any Architecture] = architectures
  ) {
    self.known = known
    (self.checkpoint, self.labels, self.task, self.id, self.force) = (checkpoint, labels, task, id, force)
    self.destination = ModelDraft.trimmed(destination)
  }

  /// What `run` throws when it was asked to stop; everything is as it was before.
  public struct Stopped: Error {}

  /// - Parameter stop: asked before every tensor and file.
  /// - Throws: `FileError`, `Stopped`. Nothing is left at or beside the destination then.
  public func run(stop: @escaping @Sendable () -> Bool = { false }) throws -> ModelFolder {
    let draft = try ModelDraft(destination, of: checkpoint, force: force)
    let store = StoppableStore(store: try openCheckpoint(checkpoint), stop: stop)
    let sizes = try inferredSizes(of: store, checkpoint, known)
    var config = ModelConfig(
      id: id ?? URL(fileURLWithPath: destination).lastPathComponent, task: try task(of: sizes), sizes: sizes,
      labels: labels, trained: true)
    try checkLabels(config)
    config.attributes = try checkedAttributes(of: sizes)
    try naming(checkpoint) { try sizes.prove(store) }
    config.source = .init(
      file: URL(fileURLWithPath: checkpoint).lastPathComponent, sha256: try sha256(ofFile: checkpoint))

    try draft.write(store, config, check: store.check)
    return try ModelFolder(destination, among: known)
  }

  // MARK: Checks

  private func task(of sizes: any NetworkSizes) throws -> ModelConfig.Task {
    if sizes.outputs == 0 {
      guard task == nil || task == .pretraining else {
        throw FileError(
          .usage, path: checkpoint,
          problem: "has no head, so it is a pre-training checkpoint, not for \(task?.rawValue ?? "")",
          remedy: "leave --task out")
      }
      return .pretraining
    }
    guard task != .pretraining else {
      throw FileError(
        .usage, path: checkpoint,
        problem: "has a head of \(sizes.outputs) outputs, so it is no pre-training checkpoint",
        remedy: "leave --task out")
    }
    return task ?? .classification
  }

  private func checkedAttributes(of sizes: any NetworkSizes) throws -> Labels? {
    let count = sizes.attributeOutputs
    guard attributes?.names.count ?? 0 == count else {
      throw FileError(
        .usage, path: checkpoint,
        problem: "answers \(count) attributes beside its classes, but \(attributes?.names.count ?? 0) are named",
        remedy: count == 0 ? "leave --attributes out" : "give \(count) names, such as --attributes valence,arousal")
    }
    return attributes
  }

  private func checkLabels(_ config: ModelConfig) throws {
    let outputs = config.sizes.outputs
    guard config.task != .pretraining else {
      if labels != nil {
        throw FileError(
          .usage, path: checkpoint, problem: "is a pre-training checkpoint, which has no outputs to label",
          remedy: "leave --labels out")
      }
      return
    }
    let advice =
      config.task == .regression
      ? "give \(outputs) names in the head's order, such as --labels valence,arousal"
      : "give --labels \(Labels.help), or \(outputs) names with commas between them, in the head's order"
    guard let labels else {
      throw FileError(
        .usage, path: checkpoint,
        problem: "has a head of \(outputs) outputs, and their names are not in the file; a count does not tell them",
        remedy: advice)
    }
    guard labels.names.count == outputs else {
      throw FileError(
        .usage, path: checkpoint,
        problem: "has a head of \(outputs) outputs, but --labels names \(labels.names.count)", remedy: advice)
    }
  }
}

/// A checkpoint whose reading fails as soon as the caller wants to stop.
struct StoppableStore: TensorStore {
  var store: any TensorStore
  var stop: @Sendable () -> Bool

  var names: [String] { store.names }
  func shape(of name: String) -> [Int]? { store.shape(of: name) }

  func values(of name: String) throws -> FloatBuffer {
    try check()
    return try store.values(of: name)
  }

  func check() throws { if stop() { throw ModelImport.Stopped() } }
}
