internal import CFFmpeg

/// Which of several tracks of a kind is read.
public enum TrackChoice: Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1 among the tracks of its kind, in the order of the container.
  case number(Int)
  /// A language or a title, as the container has it; letters' case makes no difference.
  case name(String)

  /// - Parameter text: a number from 1, a language or a title; nil: neither.
  public init?(_ text: String) {
    if let number = Int(text) {
      guard number > 0 else { return nil }
      self = .number(number)
    } else {
      guard !text.isEmpty else { return nil }
      self = .name(text)
    }
  }

  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .name(let name): name
    }
  }

  /// The track that is meant; of several with a title that contains the name, the first. nil: there is none.
  func place(in labels: [TrackLabel]) -> Int? {
    switch self {
    case .number(let number): return labels.firstIndex { $0.number == number }
    case .name(let name):
      let wanted = name.lowercased()
      return labels.firstIndex { $0.title?.lowercased() == wanted || $0.language?.lowercased() == wanted }
        ?? labels.firstIndex { $0.title?.lowercased().contains(wanted) == true }
    }
  }
}

/// Which tracks of a file are read; nil: the one that the container marks as default, else the first that can be decoded.
public struct TrackChoices: Hashable, Sendable {
  public var video, audio: TrackChoice?

  public init(video: TrackChoice? = nil, audio: TrackChoice? = nil) { (self.video, self.audio) = (video, audio) }

  subscript(kind: TrackKind) -> TrackChoice? { kind == .picture ? video : audio }
}

/// What a container says of one of its tracks.
public struct TrackLabel: Hashable, Sendable, CustomStringConvertible {
  /// From 1 among the tracks of its kind.
  public var number: Int
  public var codec: String
  /// As the container writes it, such as `eng`; nil: it does not say.
  public var language: String?
  public var title: String?
  /// Whether the container wants it to be taken where nobody chooses.
  public var isDefault: Bool

  public init(number: Int, codec: String, language: String? = nil, title: String? = nil, isDefault: Bool = false) {
    (self.number, self.codec, self.language) = (number, codec, language)
    (self.title, self.isDefault) = (title, isDefault)
  }

  /// `2 (aac, eng, Mic)`
  public var description: String {
    "\(number) (\([codec, language, title].compactMap { $0 }.joined(separator: ", ")))"
  }

  init(_ stream: UnsafeMutablePointer<AVStream>, number: Int) {
    let fields = stream.pointee
    func said(_ key: String) -> String? {
      guard let value = av_dict_get(fields.metadata, key, nil, 0)?.pointee.value else { return nil }
      let text = String(cString: value)
      return text.isEmpty ? nil : text
    }
    let language = said("language")
    self.init(
      number: number, codec: codecName(fields.codecpar.pointee.codec_id), language: language == "und" ? nil : language,
      // mp4 has no titles of tracks but a name of who handles them, and muxers write names of their own there.
      title: said("title") ?? said("handler_name").flatMap { $0.hasSuffix("Handler") ? nil : $0 },
      isDefault: fields.disposition & AV_DISPOSITION_DEFAULT != 0)
  }
}
