public import HiCMAE
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

  /// The decoders of a pre-training model: see `PretrainingConfiguration`.
  public struct Decoders: Hashable, Sendable {
    public var dim, depth: Int
    /// Encoder layers, counted from 1.
    public var layers: [Int]
    /// Whether decoder blocks look at them.
    public var skips: Bool

    public init(_ sizes: PretrainingConfiguration) {
      (dim, depth, layers, skips) = (sizes.decoderDim, sizes.decoderDepth, sizes.layers, sizes.skips)
    }
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
  public var sizes: Configuration
  /// What `sizes` leaves open of a pre-training model. A checkpoint does not tell the layers, so they are kept here; nil
  /// for other models, and for a config that an older version wrote.
  public var decoders: Decoders?
  /// The names of the outputs in their order; nil for pre-training.
  public var labels: Labels?
  public var preprocessing = Preprocessing()
  /// The weights in the same folder; nil for weights that exist in memory only.
  public var weights: File?
  /// False for fresh weights, whose numbers mean nothing.
  public var trained: Bool
  /// A note of the model's maker that is shown wherever the model answers, such as what it was trained on.
  public var note: String?
  /// The checkpoint that was imported.
  public var source: File?

  public init(id: String, task: Task, sizes: Configuration, labels: Labels?, trained: Bool) {
    (self.id, self.task, self.sizes, self.labels, self.trained) = (id, task, sizes, labels, trained)
  }

  /// What the model needs of a window.
  public var modalities: Modalities { sizes.modalities }

  /// All sizes of a pre-training model, where they are known.
  public var pretraining: PretrainingConfiguration? {
    decoders.map {
      PretrainingConfiguration(
        backbone: sizes, decoderDim: $0.dim, decoderDepth: $0.depth, layers: $0.layers, skips: $0.skips)
    }
  }
}

extension ModelConfig: Decodable {
  private enum Key: String, CodingKey {
    case schema, architecture, id, task, modalities, sizes, id2label, label2id, preprocessing, weights, trained, source,
      note
    case layerFusion, decoder, skipLayers, skips
  }

  private struct Sizes: Decodable {
    var dim, depthVideo, depthAudio, fusionDepth, outputs: Int
  }

  private struct DecoderSizes: Decodable {
    var dim, depth: Int
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
    let sizes = try container.decode(Sizes.self, forKey: .sizes)
    let both = sizes.depthVideo > 0 && sizes.depthAudio > 0
    guard
      [sizes.depthVideo, sizes.depthAudio, sizes.fusionDepth].allSatisfy({ (0...widthLimit).contains($0) }),
      sizes.depthVideo + sizes.depthAudio > 0, (sizes.fusionDepth > 0) == both, (1...widthLimit).contains(sizes.dim),
      sizes.dim.isMultiple(of: Configuration.headWidth), (0...65_536).contains(sizes.outputs)
    else { throw problem(.sizes, "are not those of a model") }
    self.sizes = Configuration(
      dim: sizes.dim, videoDepth: sizes.depthVideo, audioDepth: sizes.depthAudio, fusionDepth: sizes.fusionDepth,
      outputs: sizes.outputs)
    self.sizes.layerFusion = try container.decodeIfPresent(Bool.self, forKey: .layerFusion) ?? true
    let modalities = try container.decode(Modalities.self, forKey: .modalities)
    guard modalities == self.sizes.modalities else {
      throw problem(
        .modalities, "is '\(modalities)', but the sizes are those of '\(self.sizes.modalities)'")
    }
    preprocessing = try container.decode(Preprocessing.self, forKey: .preprocessing)
    if let (key, reason) = preprocessing.problem { throw problem(.preprocessing, "\(key) \(reason)") }
    weights = try container.decodeIfPresent(File.self, forKey: .weights)
    trained = try container.decode(Bool.self, forKey: .trained)
    source = try container.decodeIfPresent(File.self, forKey: .source)
    note = try container.decodeIfPresent(String.self, forKey: .note)
    labels = try Self.labels(container, outputs: sizes.outputs, task: task)
    decoders = task == .pretraining ? try Self.decoders(container, backbone: self.sizes) : nil
  }

  private static func decoders(
    _ container: KeyedDecodingContainer<Key>, backbone: Configuration
  ) throws -> Decoders? {
    func problem(_ key: Key, _ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    guard let sizes = try container.decodeIfPresent(DecoderSizes.self, forKey: .decoder) else { return nil }
    guard
      (1...widthLimit).contains(sizes.dim), sizes.dim.isMultiple(of: Configuration.headWidth),
      (1...widthLimit).contains(sizes.depth)
    else { throw problem(.decoder, "has not the sizes of one") }
    let whole = PretrainingConfiguration(
      backbone: backbone, decoderDim: sizes.dim, decoderDepth: sizes.depth,
      layers: try container.decode([Int].self, forKey: .skipLayers),
      skips: try container.decode(Bool.self, forKey: .skips))
    do { try whole.check() } catch { throw problem(.skipLayers, "do not fit: \(error)") }
    return Decoders(whole)
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
