public import Recognition
public import Signal

/// One line of the stream as bytes, made once however many read it.
public struct StreamLine: Sendable, Hashable {
  /// With its line break.
  public let bytes: [UInt8]
  /// Where on the session's time line it belongs; a note that it was lost says so.
  public let start: Instant
  /// The first line of a stream, without which the others cannot be read: never dropped.
  public let isHeader: Bool

  public init(_ text: String, start: Instant, isHeader: Bool = false) {
    (bytes, self.start, self.isHeader) = (Array(text.utf8), start, isHeader)
  }

  /// The event as a line of JSON.
  public init(_ event: StreamEvent) {
    self.init(event.json.text + "\n", start: event.start, isHeader: event.isHeader)
  }
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
