internal import Files
public import Recognition
public import Signal

/// One line of the stream as bytes, made once however many read it.
public struct StreamLine: Sendable, Hashable {
  /// What a line is about.
  public enum Kind: Sendable, Hashable {
    /// The first line of a stream, without which the others cannot be read: never dropped.
    case header
    case result
    case status(StreamStatus.Code)
    /// A clock line, the last line, or text of another format.
    case other
  }

  /// With its line break.
  public let bytes: [UInt8]
  /// Where on the session's time line it belongs; a note that it was lost says so.
  public let start: Instant
  public let kind: Kind

  public init(_ text: String, start: Instant, isHeader: Bool = false) {
    (bytes, self.start, kind) = (Array(text.utf8), start, isHeader ? .header : .other)
  }

  /// The event as a line of JSON.
  public init(_ event: StreamEvent) {
    (bytes, start) = (Array((event.json.text + "\n").utf8), event.start)
    kind =
      switch event {
      case .created: .header
      case .result: .result
      case .status(let status): .status(status.code)
      case .clock, .closed: .other
      }
  }

  /// The first line of a stream.
  public var isHeader: Bool { kind == .header }

  /// The line without its line break.
  public var text: String { String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self) }
}

extension StreamEvent {
  /// Whether it is the stream's first line.
  public var isHeader: Bool { if case .created = self { true } else { false } }

  /// Where on the session's time line it belongs.
  public var start: Instant {
    switch self {
    case .created: .zero
    case .result(let event): event.start
    case .status(let event): event.start
    case .clock(let event): event.media
    case .closed(let event): event.end
    }
  }
}

/// What may wait for a reader.
public struct LineLimits: Sendable, Hashable {
  public var lines, bytes: Int

  public init(lines: Int, bytes: Int) {
    precondition(lines > 0 && bytes > 0, "a backlog of \(lines) lines, \(bytes) bytes")
    (self.lines, self.bytes) = (lines, bytes)
  }

  /// Of standard output: more than twenty minutes at the usual hop.
  public static let writer = LineLimits(lines: 4096, bytes: 8 << 20)
  /// Of one reader of a socket.
  public static let reader = LineLimits(lines: 1024, bytes: 4 << 20)
}
