public import HiCMAE

/// `config.json` of a model folder: what the weights are, what comes out, and how inputs are made.
///
/// Reading from files is `ModelFolder`'s; this is the value and its JSON shape (keys in snake_case).
public struct ModelConfig: Hashable, Sendable {
  /// Readers accept every minor version of the major version that they know.
  public static let schema = "mien.model/1.0"

  public enum Task: String, Codable, Hashable, Sendable, CaseIterable {
    /// Outputs are logits of classes.
    case classification
    /// Outputs are attributes, such as valence.
    case regression
    /// No head: weights to fine-tune from.
    case pretraining
  }

  /// Which senses the model needs.
  public enum Modalities: String, Codable, Hashable, Sendable, CaseIterable {
    case audioVideo = "av"
  }

  /// A file and the SHA-256 of its bytes in hexadecimal.
  public struct File: Hashable, Sendable, Codable {
    public var file: String
    public var sha256: String

    public init(file: String, sha256: String) { (self.file, self.sha256) = (file, sha256) }
  }

  /// What a stream calls the model.
  public var id: String
  public var task: Task
  public var modalities = Modalities.audioVideo
  public var sizes: Configuration
  /// The names of the outputs in their order; nil for pre-training.
  public var labels: Labels?
  public var preprocessing = Preprocessing()
  /// The weights in the same folder; nil for weights that exist in memory only.
  public var weights: File?
  /// False for fresh weights, whose numbers mean nothing.
  public var trained: Bool
  /// The checkpoint that was imported.
  public var source: File?

  public init(id: String, task: Task, sizes: Configuration, labels: Labels?, trained: Bool) {
    (self.id, self.task, self.sizes, self.labels, self.trained) = (id, task, sizes, labels, trained)
  }
}

extension ModelConfig: Decodable {
  private enum Key: String, CodingKey {
    case schema, architecture, id, task, modalities, sizes, id2label, label2id, preprocessing, weights, trained, source
  }

  private struct Sizes: Decodable {
    var dim, depthVideo, depthAudio, fusionDepth, outputs: Int
  }

  static let architecture = "hicmae"

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func problem(_ key: Key, _ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let schema = try container.decode(String.self, forKey: .schema)
    guard schema.hasPrefix("mien.model/1.") else {
      throw problem(.schema, "is '\(schema)', but this version reads \(Self.schema)")
    }
    let architecture = try container.decode(String.self, forKey: .architecture)
    guard architecture == Self.architecture else {
      throw problem(.architecture, "is '\(architecture)', but this version knows '\(Self.architecture)'")
    }
    id = try container.decode(String.self, forKey: .id)
    task = try container.decode(Task.self, forKey: .task)
    modalities = try container.decode(Modalities.self, forKey: .modalities)
    let sizes = try container.decode(Sizes.self, forKey: .sizes)
    guard
      [sizes.dim, sizes.depthVideo, sizes.depthAudio, sizes.fusionDepth].allSatisfy({ (1...widthLimit).contains($0) }),
      sizes.dim.isMultiple(of: Configuration.headWidth), (0...65_536).contains(sizes.outputs)
    else { throw problem(.sizes, "are not those of a model") }
    self.sizes = Configuration(
      dim: sizes.dim, videoDepth: sizes.depthVideo, audioDepth: sizes.depthAudio, fusionDepth: sizes.fusionDepth,
      outputs: sizes.outputs)
    preprocessing = try container.decode(Preprocessing.self, forKey: .preprocessing)
    if let (key, reason) = preprocessing.problem { throw problem(.preprocessing, "\(key) \(reason)") }
    weights = try container.decodeIfPresent(File.self, forKey: .weights)
    trained = try container.decode(Bool.self, forKey: .trained)
    source = try container.decodeIfPresent(File.self, forKey: .source)
    labels = try Self.labels(container, outputs: sizes.outputs, task: task)
  }

  private static func labels(
    _ container: KeyedDecodingContainer<Key>, outputs: Int, task: Task
  ) throws -> Labels? {
    func problem(_ key: Key, _ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    guard task != .pretraining else {
      guard outputs == 0 else { throw problem(.sizes, "have outputs, which a pre-training model has not") }
      return nil
    }
    let named = try container.decode([String: String].self, forKey: .id2label)
    guard named.count == outputs, outputs > 0 else {
      throw problem(.id2label, "has \(named.count) labels, but the head has \(outputs) outputs")
    }
    let names = try (0..<outputs).map { index in
      guard let name = named[String(index)] else { throw problem(.id2label, "has no label for output \(index)") }
      return name
    }
    if let positions = try container.decodeIfPresent([String: Int].self, forKey: .label2id) {
      guard positions.count == outputs, names.enumerated().allSatisfy({ positions[$1] == $0 }) else {
        throw problem(.label2id, "does not agree with id2label")
      }
    }
    do { return try Labels(names) } catch { throw problem(.id2label, "\(error)") }
  }
}
