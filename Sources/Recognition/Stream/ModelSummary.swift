package import Files
public import Models
public import Networks
public import Signal

/// What a stream says about the model behind it; not the model.
public struct ModelSummary: Sendable, Hashable {
  /// The folder's name, or the size of an untrained model.
  public var id: String
  /// Of the weights, in hexadecimal; nil for weights that are in no file.
  public var sha256: String?
  /// Names of the outputs, in the model's order: classes or attributes.
  public var labels: [String]
  /// Names of the attributes that are answered beside classes; empty: there are none. See ``answersActions``.
  public var attributes: [String]
  /// What the model can be asked, in the model's order; at least one. Those of the first one's task have an output for each
  /// label; where there are heads of attributes beside heads of classes, they have an output for each attribute.
  public var heads: [Head]
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
  public var economy: SpeedSettings
  /// Whether sound in which nobody speaks is used.
  public var speechGate = SpeechGate.off
  /// What its answers are corrected with so that a person's own neutral is the zero; nil: they are the model's own.
  public var baseline: Baseline?

  /// - Precondition: There is a head.
  public init(
    id: String, sha256: String?, labels: [String], attributes: [String] = [], heads: [Head], trained: Bool,
    precision: String = "f32", instructions: String? = nil, note: String? = nil, calibration: ModelCalibration? = nil,
    economy: SpeedSettings = .none
  ) {
    precondition(!heads.isEmpty, "a model without a head")
    (self.id, self.sha256, self.labels, self.attributes, self.heads) = (id, sha256, labels, attributes, heads)
    (self.trained, self.precision, self.instructions) = (trained, precision, instructions)
    (self.note, self.calibration, self.economy) = (note, calibration, economy)
  }

  /// A model with one head of a task, which needs all that the model looks at.
  public init(
    id: String, sha256: String?, labels: [String], attributes: [String] = [], areActions: Bool = false, task: Head.Task,
    modalities: Modalities = .audioVideo, trained: Bool, precision: String = "f32", instructions: String? = nil,
    note: String? = nil,
    calibration: ModelCalibration? = nil, economy: SpeedSettings = .none
  ) {
    let head = Head(name: "emotion", modalities: modalities, task: task, outputs: labels.count)
    let beside = Head(
      name: "attributes", modalities: areActions ? .video : modalities, task: .regression, outputs: attributes.count,
      isMomentary: areActions)
    self.init(
      id: id, sha256: sha256, labels: labels, attributes: attributes,
      heads: attributes.isEmpty ? [head] : [head, beside], trained: trained, precision: precision,
      instructions: instructions, note: note, calibration: calibration, economy: economy)
  }

  /// What the outputs of the heads are that ``labels`` name.
  public var task: Head.Task { heads[0].task }

  /// Whether the attributes beside classes are actions: what a face does at a window's newest moment, each from 0 to 1.
  public var answersActions: Bool {
    task == .classification && heads.contains { $0.task == .regression && $0.isMomentary }
  }

  /// What any of the heads looks at.
  public var modalities: Modalities { heads.reduce(into: []) { $0.formUnion($1.modalities) } }

  /// What each of the heads rests on, the best first; heads that rest on the same count once.
  public var headModalities: [Modalities] {
    AnswerRule(self).heads.map(\.modalities).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// How much of each modality its windows need: a model that can answer from different modalities does not change them
  /// for a short gap.
  public var evidence: WindowEvidence { headModalities.count > 1 ? .lasting : .fixed }

  /// What the model is and answers, for the first line of a stream and for a session's manifest.
  package var outputMembers: [JSON.Member] {
    var members: [JSON.Member] = [
      .init("id", .string(id)), .init("sha256", .optional(sha256)), .init("labels", .array(labels.map(JSON.string))),
    ]
    if !attributes.isEmpty {
      members.append(.init(answersActions ? "actions" : "attributes", .array(attributes.map(JSON.string))))
    }
    return members + [.init("task", .string(task.rawValue)), .init("modalities", .string(modalities.description))]
  }

  public var needsVideo: Bool { modalities.hasVideo }
  public var needsAudio: Bool { modalities.hasAudio }
}
