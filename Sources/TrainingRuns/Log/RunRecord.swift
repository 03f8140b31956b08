internal import Foundation

/// One line of a run folder's `log.jsonl`: `type` says which, the keys are in snake_case.
public enum RunRecord: Hashable, Sendable {
  /// The first line.
  case created(Created)
  case step(Step)
  /// A clip that cannot be used, `LIST:LINE: reason`; each once.
  case broken(Broken)
  case epoch(Epoch)
  case validation(Validation)
  /// What each encoder layer contributes to the head.
  case layerWeights(LayerWeights)
  case checkpoint(Checkpoint)
  /// Goes on from a checkpoint; lines of later steps that an earlier process wrote are no longer there.
  case resumed(Resumed)
  case closed(Closed)

  /// What a run does.
  public enum Task: String, Codable, Hashable, Sendable {
    case pretrain, finetune
  }

  /// What the run is.
  public struct Created: Codable, Hashable, Sendable {
    public var schema = RunRecord.schema
    public var task: Task
    /// ISO 8601 in UTC.
    public var time: String
    /// Of the program.
    public var version: String
    /// Names of the outputs in their order; empty in pre-training.
    public var labels: [String]
    /// Of the attributes that are learnt beside classes.
    public var attributes: [String]?

    public init(task: Task, time: String, version: String, labels: [String], attributes: [String]? = nil) {
      (self.task, self.time, self.version, self.labels, self.attributes) = (task, time, version, labels, attributes)
    }
  }

  /// One step.
  public struct Step: Codable, Hashable, Sendable {
    /// From 0 over the whole run.
    public var step: Int
    public var epoch: Int
    /// What is minimised, the mean over the step's batches.
    public var loss: Double
    /// Pre-training's parts.
    public var video, audio, contrast: Double?
    /// The learning rate before layer decay.
    public var rate: Double
    /// √Σg² before clipping.
    public var gradientNorm: Double
    public var clips: Int

    public init(step: Int, epoch: Int, loss: Double, rate: Double, gradientNorm: Double, clips: Int) {
      (self.step, self.epoch, self.loss, self.rate) = (step, epoch, loss, rate)
      (self.gradientNorm, self.clips) = (gradientNorm, clips)
    }
  }

  /// A clip that cannot be used.
  public struct Broken: Codable, Hashable, Sendable {
    public var step: Int
    public var clip: String

    public init(step: Int, clip: String) { (self.step, self.clip) = (step, clip) }
  }

  /// After an epoch's last step.
  public struct Epoch: Codable, Hashable, Sendable {
    public var epoch: Int
    /// Steps made so far.
    public var step: Int
    /// The mean over the epoch's steps.
    public var loss: Double
    public var clips: Int
    public var broken: Int
    public var seconds: Double

    public init(epoch: Int, step: Int, loss: Double, clips: Int, broken: Int, seconds: Double) {
      (self.epoch, self.step, self.loss, self.clips) = (epoch, step, loss, clips)
      (self.broken, self.seconds) = (broken, seconds)
    }
  }

  /// Of the lists of `--val`.
  public struct Validation: Codable, Hashable, Sendable {
    /// The path of the list, in ``lists``.
    public var list: String?
    public var epoch: Int
    /// Steps made so far.
    public var step: Int
    public var clips: Int
    public var loss: Double
    /// Pre-training's parts.
    public var video, audio, contrast: Double?
    /// Classification.
    public var uar, war, weightedF1: Double?
    /// Every class's recall in the order of labels; null for a class without clips.
    public var recall: [Double?]?
    /// Rows true, columns predicted.
    public var confusion: [[Int]]?
    /// Regression: per attribute in the order of labels; null where it cannot be computed.
    public var ccc, pcc: [Double?]?
    /// Clips whose votes have no majority; they count in the loss alone.
    public var undecided: Int?
    /// Figures of each list by itself, where there are several; the others are over all their clips.
    public var lists: [Validation]?

    public init(epoch: Int, step: Int, clips: Int, loss: Double) {
      (self.epoch, self.step, self.clips, self.loss) = (epoch, step, clips, loss)
    }
  }

  /// What each encoder layer contributes to the head.
  public struct LayerWeights: Codable, Hashable, Sendable {
    public var step: Int
    /// Softmaxed, from the first layer; nil without that modality.
    public var video, audio: [Double]?

    public init(step: Int, video: [Double]?, audio: [Double]?) {
      (self.step, self.video, self.audio) = (step, video, audio)
    }
  }

  /// A checkpoint that was written.
  public struct Checkpoint: Codable, Hashable, Sendable {
    /// Steps made so far.
    public var step: Int
    /// Within the run folder.
    public var path: String
    public var best: Bool

    public init(step: Int, path: String, best: Bool) { (self.step, self.path, self.best) = (step, path, best) }
  }

  /// A process goes on with the run.
  public struct Resumed: Codable, Hashable, Sendable {
    /// Steps made before.
    public var step: Int
    public var time: String

    public init(step: Int, time: String) { (self.step, self.time) = (step, time) }
  }

  /// The end of a process that worked on the run.
  public struct Closed: Codable, Hashable, Sendable {
    /// Why it ended.
    public enum Reason: String, Codable, Hashable, Sendable {
      case done, interrupted, diverged, error
    }
    public var step: Int
    public var reason: Reason
    public var message: String?

    public init(step: Int, reason: Reason, message: String? = nil) {
      (self.step, self.reason, self.message) = (step, reason, message)
    }
  }

  public static let schema = "mien.run/1.0"
}

extension RunRecord: Codable {
  private enum Key: String, CodingKey { case type }

  private enum Kind: String, Codable {
    case created = "run.created"
    case step, epoch, validation, checkpoint
    case broken = "clip.broken"
    case layerWeights = "layer_shares"
    case resumed = "run.resumed"
    case closed = "run.closed"
  }

  private var content: (kind: Kind, value: any Encodable) {
    switch self {
    case .created(let value): (.created, value)
    case .step(let value): (.step, value)
    case .broken(let value): (.broken, value)
    case .epoch(let value): (.epoch, value)
    case .validation(let value): (.validation, value)
    case .layerWeights(let value): (.layerWeights, value)
    case .checkpoint(let value): (.checkpoint, value)
    case .resumed(let value): (.resumed, value)
    case .closed(let value): (.closed, value)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    let (kind, value) = content
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: .type)
    try value.encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .type) {
    case .created: self = .created(try Created(from: decoder))
    case .step: self = .step(try Step(from: decoder))
    case .broken: self = .broken(try Broken(from: decoder))
    case .epoch: self = .epoch(try Epoch(from: decoder))
    case .validation: self = .validation(try Validation(from: decoder))
    case .layerWeights: self = .layerWeights(try LayerWeights(from: decoder))
    case .checkpoint: self = .checkpoint(try Checkpoint(from: decoder))
    case .resumed: self = .resumed(try Resumed(from: decoder))
    case .closed: self = .closed(try Closed(from: decoder))
    }
  }

  /// A line without its end.
  public var line: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch {
      preconditionFailure("a record has a number that JSON has not: \(error)")
    }
  }

  /// - Throws: `DecodingError` if it is not a line of a log.
  public init(line: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(RunRecord.self, from: Data(line.utf8))
  }
}
