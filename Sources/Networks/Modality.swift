/// One kind of input: the picture of a face, or the sound of a voice.
public enum Modality: String, Codable, Hashable, Sendable, CaseIterable {
  case video = "v"
  case audio = "a"
}

/// A set of modalities, which are kinds of input: those of a clip, of a model, or those that an answer rests on. Video is the
/// picture of a face, audio the sound of a voice.
///
/// As text it is "av", "a" or "v"; the empty set is "".
public struct Modalities: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let video = Modalities(rawValue: 1)
  public static let audio = Modalities(rawValue: 2)
  public static let audioVideo: Modalities = [.video, .audio]

  /// Every set that a model can have.
  public static let choices: [Modalities] = [.audioVideo, .audio, .video]

  public var hasVideo: Bool { contains(.video) }
  public var hasAudio: Bool { contains(.audio) }

  public init(_ modality: Modality) { self = modality == .video ? .video : .audio }

  public init(video: Bool, audio: Bool) {
    self = []
    if video { insert(.video) }
    if audio { insert(.audio) }
  }
}

extension Modalities: CustomStringConvertible, Codable {
  public var description: String { (hasAudio ? "a" : "") + (hasVideo ? "v" : "") }

  /// - Returns: nil for a text that is not "av", "a" or "v".
  public init?(_ text: String) {
    guard let found = Self.choices.first(where: { $0.description == text }) else { return nil }
    self = found
  }

  /// - Throws: `DecodingError` for a text that is not "av", "a" or "v".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let found = Modalities(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "is '\(text)', not 'av', 'a' or 'v'")
    }
    self = found
  }

  /// Writes the text "av", "a" or "v".
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
