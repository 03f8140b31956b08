public import Files
public import Networks

// The sizes as config.json has them, under `sizes`.

extension VAVLSizes: Codable {
  /// Sizes without encoders of other architectures.
  public init(from decoder: any Decoder) throws { try self.init(from: decoder, families: []) }

  private enum Key: String, CodingKey {
    case width, attentionHeads, blocks, sharedBlocks, taps, video, audio, bottleneck, classes, attributes, shares,
      residual
    case reconstructs
    case readsActions = "actions"
  }

  /// - Parameters:
  ///   - decoder: of the sizes' object.
  ///   - families: of the encoders that it may be built on.
  /// - Throws: `DecodingError` naming the key.
  public init(from decoder: any Decoder, families: [any EncoderFamily]) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func encoder(_ key: Key, _ modality: Modality) throws -> ModalityEncoder? {
      guard container.contains(key) else { return nil }
      return try ModalityEncoder(modality, from: container.superDecoder(forKey: key), families: families)
    }
    func count(_ key: Key, _ range: ClosedRange<Int>, absent: Int? = nil) throws -> Int {
      let value =
        try absent.map { try container.decodeIfPresent(Int.self, forKey: key) ?? $0 }
        ?? container.decode(Int.self, forKey: key)
      guard range.contains(value) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container,
          debugDescription: "is \(value), not from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    self.init(
      width: try count(.width, 1...Self.limit), attentionHeads: try count(.attentionHeads, 1...Self.limit),
      video: try encoder(.video, .video),
      audio: try encoder(.audio, .audio))
    blocks = try count(.blocks, 0...100)
    sharedBlocks = try count(.sharedBlocks, 0...100)
    taps = try count(.taps, 1...1001)
    let hasBottleneck = try container.contains(.bottleneck) && !container.decodeNil(forKey: .bottleneck)
    bottleneck = try hasBottleneck ? count(.bottleneck, 1...Self.limit) : nil
    classes = try count(.classes, 0...65_536, absent: 0)
    attributes = try count(.attributes, 0...65_536, absent: 0)
    readsActions = try container.decodeIfPresent(Bool.self, forKey: .readsActions) ?? false
    shares = try container.decodeIfPresent(Bool.self, forKey: .shares) ?? true
    residual = try container.decodeIfPresent(Bool.self, forKey: .residual) ?? true
    reconstructs = try container.decodeIfPresent(Bool.self, forKey: .reconstructs) ?? true
    if let problem {
      throw DecodingError.dataCorruptedError(forKey: .width, in: container, debugDescription: problem)
    }
  }

  /// Eight times the published width.
  static let limit = 4096

  /// Why these are no sizes of a model; nil: they are.
  var problem: String? {
    if !width.isMultiple(of: attentionHeads) { return "does not divide into \(attentionHeads) attention heads" }
    if taps.isMultiple(of: 2) { return "goes with \(taps) taps, which have no centre" }
    if modalities.isEmpty { return "is of a model without video and audio" }
    if readsActions && video == nil { return "is of a model that reads actions of a face without video" }
    return nil
  }

  public func encode(to encoder: any Encoder) throws { try json.sizes.encode(to: encoder) }

  public var json: (sizes: JSON, more: [JSON.Member]) {
    let sizes: [JSON.Member?] = [
      .init("width", .int(width)), .init("attention_heads", .int(attentionHeads)), .init("blocks", .int(blocks)),
      .init("shared_blocks", .int(sharedBlocks)), .init("taps", .int(taps)), video.map { .init("video", $0.json) },
      audio.map { .init("audio", $0.json) }, .init("bottleneck", .optional(bottleneck)),
      .init("classes", .int(classes)), .init("attributes", .int(attributes)), .init("shares", .bool(shares)),
      .init("residual", .bool(residual)), .init("reconstructs", .bool(reconstructs)),
      .init("actions", .bool(readsActions)),
    ]
    return (.object(sizes.compactMap { $0 }), [])
  }
}

extension ModalityEncoder {
  private enum Key: String, CodingKey { case kind, width, steps, channels, frozen }
  private enum Kind { static let (features, light) = ("features", "light") }

  init(_ modality: Modality, from decoder: any Decoder, families: [any EncoderFamily]) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func check(_ key: Key, _ isRight: Bool, _ problem: String) throws {
      guard isRight else {
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: problem)
      }
    }
    let kind = try container.decode(String.self, forKey: .kind)
    switch kind {
    case Kind.features:
      let (width, steps) = try (container.decode(Int.self, forKey: .width), container.decode(Int.self, forKey: .steps))
      try check(.width, (1...65_536).contains(width), "is \(width), not from 1 to 65536")
      try check(.steps, (1...65_536).contains(steps), "are \(steps), not from 1 to 65536")
      self = .features(width: width, steps: steps)
    case Kind.light:
      let channels = try container.decode([Int].self, forKey: .channels)
      try check(
        .channels, (1...6).contains(channels.count) && channels.allSatisfy { (1...4096).contains($0) },
        "are not those of one to six stages")
      self = .light(channels: channels)
    default:
      let known = [Kind.features, Kind.light] + families.map(\.encoderKind)
      guard let family = families.first(where: { $0.encoderKind == kind }) else {
        throw DecodingError.dataCorruptedError(
          forKey: .kind, in: container,
          debugDescription: "is '\(kind)', not one of \(known.joined(separator: ", "))")
      }
      self = .pretrained(
        AnyEncoderSizes(try family.encoder(modality, from: decoder)),
        isFrozen: try container.decodeIfPresent(Bool.self, forKey: .frozen) ?? false)
    }
  }

  var json: JSON {
    switch self {
    case .features(let width, let steps): ["kind": .string(Kind.features), "width": .int(width), "steps": .int(steps)]
    case .light(let channels): ["kind": .string(Kind.light), "channels": .array(channels.map(JSON.int))]
    case .pretrained(let sizes, let isFrozen):
      .object(
        [.init("kind", .string(sizes.base.family.encoderKind))] + sizes.base.json + [.init("frozen", .bool(isFrozen))])
    }
  }
}
