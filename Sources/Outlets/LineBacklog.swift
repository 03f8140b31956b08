internal import Recognition
internal import Signal

/// The lines that wait for one reader. When it is full the oldest are dropped, and a note in their place tells the reader
/// how many. A pure state machine.
struct LineBacklog {
  let limits: LineLimits
  /// Lines lost so far.
  private(set) var dropped = 0
  private(set) var bytes = 0

  /// Lines that are never dropped and go before the others.
  private var kept: [StreamLine] = []
  private var lines: [StreamLine] = []
  /// Where the oldest line is; the array is moved down when half of it is old.
  private var first = 0
  private var unsaid = 0
  private var unsaidSince = Instant.zero

  init(limits: LineLimits) { self.limits = limits }

  /// Lines waiting that may be dropped.
  var count: Int { lines.count - first }

  var isEmpty: Bool { kept.isEmpty && count == 0 && unsaid == 0 }

  /// Whether `line` would cost an older one its place.
  func overflows(with line: StreamLine) -> Bool {
    !line.isHeader && count > 0 && (count >= limits.lines || bytes + line.bytes.count > limits.bytes)
  }

  mutating func append(_ line: StreamLine) {
    if line.isHeader {
      appendKept(line)
      return
    }
    while overflows(with: line) {
      let lost = removeFirst()
      if unsaid == 0 { unsaidSince = lost.start }
      unsaid += 1
      dropped += 1
    }
    lines.append(line)
    bytes += line.bytes.count
  }

  /// A line that is never dropped, and that goes before all that may be.
  mutating func appendKept(_ line: StreamLine) { kept.append(line) }

  /// What to write next: a line that is never dropped, then the note of what was lost, then the oldest line; nil: nothing waits.
  /// - Parameter note: the note's text; nil where the stream's format has no word for it.
  mutating func next(note: (StreamStatus) -> String?) -> StreamLine? {
    if !kept.isEmpty { return kept.removeFirst() }
    if unsaid > 0 {
      let status = StreamStatus(
        .linesDropped, .warning, "\(unsaid) lines were dropped because nobody read them in time", start: unsaidSince)
      unsaid = 0
      if let text = note(status) { return StreamLine(text, start: status.start) }
    }
    return count > 0 ? removeFirst() : nil
  }

  private mutating func removeFirst() -> StreamLine {
    let line = lines[first]
    bytes -= line.bytes.count
    first += 1
    if first * 2 > lines.count {
      lines.removeFirst(first)
      first = 0
    }
    return line
  }
}
