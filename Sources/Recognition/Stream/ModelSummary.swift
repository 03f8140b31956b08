public import Models
public import Networks

/// What a stream says about the model behind it; not the model.
public struct ModelSummary: Sendable, Hashable {
  /// What the outputs are.
  public enum Task: String, Sendable {
    /// Outputs become probabilities that sum to one.
    case classification
    /// Outputs are values of attributes, as they are.
    case regression
  }

  /// The folder's name, or the size of an untrained model.
  public var id: String
  /// Of the weights, in hexadecimal; nil for weights that are in no file.
  public var sha256: String?
  /// Names of the outputs, in the model's order: classes or attributes.
  public var labels: [String]
  public var task: Task
  /// Those without which there is no answer.
  public var modalities: Modalities
  /// false: the weights are random and the numbers mean nothing.
  public var trained: Bool
  /// The number format of the products.
  public var precision: String
  /// Those of the processor that the kernels use at most; another level differs in the last digits. nil: not known.
  public var instructions: String?
  /// What whoever made the model wants said wherever it answers.
  public var note: String?
  /// What its probabilities are corrected with; nil: they are the model's own.
  public var calibration: ModelCalibration?
  /// What is saved in every window.
  public var economy: Economy
  /// The heads of a model that has several; nil: it has one, which needs all that the model looks at.
  public var severalHeads: [Head]?

  public init(
    id: String, sha256: String?, labels: [String], task: Task, modalities: Modalities = .audioVideo, trained: Bool,
    precision: String = "f32", instructions: String? = nil, note: String? = nil,
    calibration: ModelCalibration? = nil, economy: Economy = .none
  ) {
    (self.id, self.sha256, self.labels, self.task) = (id, sha256, labels, task)
    (self.modalities, self.trained, self.precision) = (modalities, trained, precision)
    (self.instructions, self.note, self.calibration, self.economy) = (instructions, note, calibration, economy)
  }

  /// What the model can be asked.
  public var heads: [Head] {
    if let severalHeads { return severalHeads }
    let task: Head.Task = task == .classification ? .classification : .regression
    return [Head(name: "emotion", modalities: modalities, task: task, outputs: labels.count)]
  }

  public var needsVideo: Bool { modalities.hasVideo }
  public var needsAudio: Bool { modalities.hasAudio }
}
