internal import Recognition
internal import Signal

/// The state of one reader of a socket: what it has sent, what waits for it, and when it is dropped. A pure state machine
/// without sockets.
struct ReaderState {
  enum Phase: Hashable {
    /// It must say its token before this moment (monotonic nanoseconds).
    case awaitingToken(until: Int64)
    /// It gets lines.
    case open
    /// It gets its last line, until this moment at the latest.
    case closing(until: Int64)
    case closed
  }

  /// How long a reader may take to say its token, and to take its last line.
  static let patience: Int64 = 5_000_000_000

  private(set) var phase: Phase
  /// Too many lines waited for it.
  private(set) var hasStalled = false
  private let token: ListenToken?
  private var backlog: LineBacklog
  private var heard: [UInt8] = []
  /// The line that is being written, and how much of it is.
  private var current: [UInt8] = []
  private var written = 0

  init(limits: LineLimits, token: ListenToken?, now: Int64) {
    (self.token, backlog) = (token, LineBacklog(limits: limits))
    phase = token == nil ? .open : .awaitingToken(until: now + Self.patience)
  }

  /// What to write next; empty: nothing.
  var pending: ArraySlice<UInt8> { current[written...] }

  var wantsToWrite: Bool { written < current.count }

  /// When something must happen without the reader's doing.
  var deadline: Int64? {
    switch phase {
    case .awaitingToken(let until), .closing(let until): until
    case .open, .closed: nil
    }
  }

  /// A line of the stream. A reader for whom too many wait is told and dropped: it must not take half a stream for a
  /// whole one.
  mutating func append(_ line: StreamLine, now: Int64) {
    guard phase == .open else { return }
    if backlog.overflows(with: line) {
      hasStalled = true
      let text = "this reader is dropped: \(backlog.count) lines waited for it; connect again"
      end(StreamStatus(.linesDropped, .error, text, start: line.start), now: now)
      return
    }
    backlog.append(line)
    advance()
  }

  /// The first lines of a reader that may read: what it must know of the stream before it came. None of them is dropped.
  /// A reader that must say its token first gets them then.
  mutating func welcome(_ state: [StreamLine]) {
    guard phase == .open else { return }
    for line in state { backlog.appendKept(line) }
    advance()
  }

  /// - Parameter state: as `welcome` takes it, for a reader that has just said its token.
  mutating func receive(_ bytes: some Collection<UInt8>, state: [StreamLine], now: Int64) {
    switch phase {
    case .closing, .closed: return
    case .open: refuse("readers only read: this one sent something", now: now)
    case .awaitingToken:
      heard += bytes
      guard let end = heard.firstIndex(of: 0x0A) else {
        if heard.count > 300 { refuse("wrong token", now: now) }
        return
      }
      var line = heard[..<end]
      if line.last == 0x0D { line = line.dropLast() }
      let word = Array("token ".utf8)
      guard let token, line.starts(with: word), token.matches(line.dropFirst(word.count)), end + 1 == heard.count
      else {
        refuse("wrong token", now: now)
        return
      }
      phase = .open
      welcome(state)
    }
  }

  mutating func wrote(_ count: Int) {
    written += count
    if !wantsToWrite { advance() }
  }

  mutating func pass(_ now: Int64) {
    guard let deadline, now >= deadline else { return }
    if case .awaitingToken = phase {
      refuse("no token within 5 s; the first line must be: token TOKEN", now: now)
    } else {
      phase = .closed
    }
  }

  /// What waits is still written until `deadline`, then it is over.
  mutating func finish(until deadline: Int64) {
    switch phase {
    case .awaitingToken: phase = .closed
    case .open:
      phase = .closing(until: deadline)
      if !wantsToWrite { advance() }
    case .closing(let until): phase = .closing(until: min(until, deadline))
    case .closed: break
    }
  }

  /// The reader is gone.
  mutating func close() { phase = .closed }

  /// One line that says why, then the end.
  mutating func refuse(_ why: String, now: Int64) {
    end(StreamStatus(.stream, .error, why, start: .zero), now: now)
  }

  /// What is half written is written to its end; what waits is forgotten.
  private mutating func end(_ last: StreamStatus, now: Int64) {
    backlog = LineBacklog(limits: backlog.limits)
    backlog.append(StreamLine(.status(last)))
    phase = .closing(until: now + Self.patience)
    if !wantsToWrite { advance() }
  }

  private mutating func advance() {
    guard !wantsToWrite else { return }
    (current, written) = (backlog.next { _ in nil }?.bytes ?? [], 0)
    if current.isEmpty, case .closing = phase { phase = .closed }
  }
}
