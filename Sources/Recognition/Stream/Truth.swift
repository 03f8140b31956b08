public import Signal

/// What was played or felt when: the rows of a `truth.tsv`, to hold a stream against.
public struct Truth: Hashable, Sendable {
  /// Its usual name in a session folder.
  public static let file = "truth.tsv"

  /// One stretch of time with one emotion.
  public struct Row: Hashable, Sendable {
    public var start, end: Instant
    public var emotion: String

    public init(start: Instant, end: Instant, emotion: String) {
      (self.start, self.end, self.emotion) = (start, end, emotion)
    }
  }

  /// What is wrong with a file, in words that follow its name.
  public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
  }

  /// In order; neighbours of one emotion are one row.
  public let rows: [Row]

  public init(_ rows: [Row]) {
    var joined: [Row] = []
    for row in rows {
      if let last = joined.last, last.emotion == row.emotion, last.end == row.start {
        joined[joined.count - 1].end = row.end
      } else {
        joined.append(row)
      }
    }
    self.rows = joined
  }

  /// Reads lines of `start`, `end` (seconds) and `emotion` with tabs between them, below a header.
  /// - Parameters:
  ///   - text: the file's contents.
  ///   - labels: what emotions may be called.
  /// - Throws: ``Problem`` naming the line.
  public init(parsing text: String, labels: [String]) throws(Problem) {
    var rows: [Row] = []
    // Windows' editors put a mark before the text and end lines with two characters, which Swift takes for one.
    let lines = text.drop { $0 == "\u{FEFF}" }.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in lines.enumerated() where !line.isEmpty {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      func problem(_ words: String) -> Problem { Problem(description: "line \(number + 1): \(words)") }
      if number == 0 {
        guard fields == ["start", "end", "emotion"] else {
          throw problem("must be 'start', 'end' and 'emotion', with tabs between them")
        }
        continue
      }
      guard fields.count == 3, let start = Double(fields[0]), let end = Double(fields[1]) else {
        throw problem("must be two numbers and an emotion, with tabs between them")
      }
      guard start >= 0, start < end, end <= 31_536_000 else { throw problem("does not end after it begins") }
      guard labels.contains(fields[2]) else {
        throw problem("'\(fields[2].prefix(40))' is none of the model's labels: \(labels.joined(separator: ", "))")
      }
      let row = Row(start: Instant(seconds: start), end: Instant(seconds: end), emotion: fields[2])
      if let last = rows.last, row.start < last.end { throw problem("begins before the one above ends") }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw Problem(description: "holds no row") }
    self.init(rows)
  }

  /// The emotion of all of a stretch of time; nil where it changes, or where nothing is known.
  public func emotion(from start: Instant, to end: Instant) -> String? {
    rows.first { $0.start <= start && end <= $0.end }?.emotion
  }

  /// How often a stream's leading emotion is the true one.
  public struct Score: Hashable, Sendable {
    /// Windows wholly in one emotion: with the right answer, with any, and without one because a modality was missing.
    public private(set) var right = 0
    public private(set) var answered = 0
    public private(set) var unanswered = 0
    /// Windows over a change, which have no one truth.
    public private(set) var mixed = 0

    public init() {}

    public var share: Double? { answered > 0 ? Double(right) / Double(answered) : nil }

    /// - Returns: whether it is right; nil where it does not count.
    @discardableResult public mutating func add(_ result: EmotionResult, _ truth: Truth) -> Bool? {
      guard let emotion = truth.emotion(from: result.start, to: result.end) else {
        mixed += 1
        return nil
      }
      guard let top = result.top else {
        unanswered += 1
        return nil
      }
      answered += 1
      if top == emotion { right += 1 }
      return top == emotion
    }

    /// In one line.
    public var words: String {
      let percent = share.map { " (\(Int(($0 * 100).rounded())) %)" } ?? ""
      return "the right emotion leads in \(right) of \(answered) windows\(percent) that lie wholly in one emotion; not "
        + "counted: \(mixed) over a change, \(unanswered) without an answer"
    }
  }
}
