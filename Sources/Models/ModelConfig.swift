internal import Architectures
public import Networks

/// `config.json` of a model folder: what the weights are, what comes out, and how inputs are made.
///
/// Reading from files is `ModelFolder`'s; this is the value and its JSON shape (keys in snake_case).
public struct ModelConfig: Hashable, Sendable {
  /// Readers accept every minor version of the major version that they know.
  public static let schema = "mien.model/1.0"

  /// What the outputs of a model are.
  public enum Task: String, Codable, Hashable, Sendable, CaseIterable {
    /// Outputs are logits of classes.
    case classification
    /// Outputs are attributes, such as valence.
    case regression
    /// No head: weights to fine-tune from.
    case pretraining
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
  /// The network's sizes; they tell the architecture.
  public var sizes: AnySizes
  /// The names of the outputs in their order; nil for pre-training.
  public var labels: Labels?
  /// The names of the attributes that the model answers beside its classes; nil: it answers one task.
  public var attributes: Labels?
  public var preprocessing = Preprocessing()
  /// The weights in the same folder; nil for weights that exist in memory only.
  public var weights: File?
  /// False for fresh weights, whose numbers mean nothing.
  public var trained: Bool
  /// A note of the model's maker that is shown wherever the model answers, such as what it was trained on.
  public var note: String?
  /// The licence of the weights, by its SPDX name where it has one; nil: nobody said.
  public var license: String?
  /// The checkpoint that was imported.
  public var source: File?

  public init(id: String, task: Task, sizes: any NetworkSizes, labels: Labels?, trained: Bool) {
    (self.id, self.task, self.sizes, self.labels, self.trained) = (id, task, AnySizes(sizes), labels, trained)
  }

  /// What the model needs of a window.
  public var modalities: Modalities { sizes.modalities }

  /// What the model answers, in the order of its outputs; empty for pre-training.
  public var heads: [Head] {
    if sizes.attributeOutputs > 0 { return sizes.heads }
    return sizes.heads.map { head in
      var head = head
      head.task = task == .regression ? .regression : .classification
      return head
    }
  }
}

extension ModelConfig: Decodable {
  private enum Key: String, CodingKey {
    case schema, architecture, id, task, modalities, sizes, id2label, label2id, attributes, preprocessing, weights,
      trained, source, note, license
  }

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
    let known = decoder.userInfo[.architectures] as? [any Architecture] ?? architectures
    guard let found = known.named(architecture) else {
      let names = known.map { "'\($0.name)'" }.joined(separator: ", ")
      throw problem(.architecture, "is '\(architecture)', but this version knows \(names)")
    }
    id = try container.decode(String.self, forKey: .id)
    task = try container.decode(Task.self, forKey: .task)
    sizes = AnySizes(try found.sizes(from: decoder, isPretraining: task == .pretraining))
    let modalities = try container.decode(Modalities.self, forKey: .modalities)
    guard modalities == sizes.modalities else {
      throw problem(
        .modalities, "is '\(modalities)', but the sizes are those of '\(sizes.modalities)'")
    }
    preprocessing = try container.decode(Preprocessing.self, forKey: .preprocessing)
    if let (key, reason) = preprocessing.problem { throw problem(.preprocessing, "\(key) \(reason)") }
    weights = try container.decodeIfPresent(File.self, forKey: .weights)
    trained = try container.decode(Bool.self, forKey: .trained)
    source = try container.decodeIfPresent(File.self, forKey: .source)
    note = try container.decodeIfPresent(String.self, forKey: .note)
    license = try container.decodeIfPresent(String.self, forKey: .license)
    labels = try Self.labels(container, outputs: sizes.outputs, task: task)
    attributes = try Self.attributes(container, outputs: sizes.attributeOutputs)
  }

  private static func attributes(_ container: KeyedDecodingContainer<Key>, outputs: Int) throws -> Labels? {
    func problem(_ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: .attributes, in: container, debugDescription: reason)
    }
    let names = try container.decodeIfPresent([String].self, forKey: .attributes) ?? []
    guard names.count == outputs else {
      throw problem("has \(names.count) names, but the model answers \(outputs) attributes beside its classes")
    }
    guard outputs > 0 else { return nil }
    do { return try Labels(names) } catch { throw problem("\(error)") }
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

extension CodingUserInfoKey {
  /// The architectures that a decoder knows, `[any Architecture]`; without it those of the list.
  // Non-nil, because any text makes a key.
  package static let architectures = CodingUserInfoKey(rawValue: "mien.architectures")!
}
