internal import Files
public import Recognition
internal import Threading

/// A stream's lines in one format; JSON lines are the ones that were encoded already. A pure state machine.
public struct FormattedLines: Sendable {
  private let format: StreamFormat
  private var formatter: StreamFormatter

  /// - Parameters:
  ///   - format: what is written.
  ///   - truth: what the format `text` shows beside the answers.
  public init(_ format: StreamFormat, truth: Truth? = nil) {
    self.format = format
    formatter = StreamFormatter(format, truth: truth)
  }

  /// What to write for an event: one or more whole lines, or nil where the format has nothing to say about it.
  /// - Parameters:
  ///   - event: what the stream said.
  ///   - line: gives the event as a line of JSON.
  public mutating func line(for event: StreamEvent, _ line: () -> StreamLine) -> StreamLine? {
    if format == .jsonl { return line() }
    return formatter.text(for: event).map { StreamLine($0, start: event.start, isHeader: event.isHeader) }
  }
}

/// A live stream's lines in one format on a file descriptor, which a reader may stall.
public final class StreamWriter: LiveOutput {
  /// Why the last lines were not written.
  public enum Failure: Error, Sendable, Hashable {
    case closing(LineWriter.Closing)
    /// The reader did not take what waited in time.
    case late
  }

  private let writer: LineWriter
  private let lines: Guarded<FormattedLines>

  /// - Parameters:
  ///   - descriptor: stays open and the caller's.
  ///   - format: what is written.
  public init(descriptor: Int32, format: StreamFormat) {
    // Only JSON lines have a word for lines that were lost.
    writer = LineWriter(
      descriptor: descriptor, note: { format == .jsonl ? StreamEvent.status($0).json.text + "\n" : nil })
    lines = Guarded(FormattedLines(format))
  }

  /// Writes the event in the output's format. Never waits.
  public func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
    if let text = lines.withLock({ $0.line(for: event, line) }) { writer.write(text) }
  }

  /// Why it writes no more; nil while it writes.
  public var closing: LineWriter.Closing? { writer.closing }

  /// Waits for the reader for two seconds at most.
  /// - Throws: `Failure`.
  public func finish() throws {
    let isWhole = writer.finish(within: 2)
    if let closing = writer.closing { throw Failure.closing(closing) }
    if !isWhole { throw Failure.late }
  }
}
