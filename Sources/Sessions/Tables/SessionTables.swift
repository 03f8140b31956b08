public import Signal

// The tables of a session folder, row by row: tab-separated with a header line, "n/a" where there is nothing. Text in and
// out, no files; recordings/README.md says what the columns mean.

/// One row of a session's table.
public protocol SessionRow: Hashable, Sendable {
  /// The file's name in the session folder.
  static var file: String { get }
  static var columns: [String] { get }
  /// The row as text, a field a column.
  var fields: [String] { get }
  /// - Throws: `SessionTableProblem` naming the column.
  init(fields: [Substring]) throws
  /// What is wrong with this row after `previous`; nil: nothing.
  func problem(after previous: Self?) -> String?
}

/// What is wrong with a row, in words that follow the file's name and the line's number.
public struct SessionTableProblem: Error, Hashable, Sendable {
  public var text: String
}

extension SessionRow {
  /// With its line break.
  public var line: String { fields.joined(separator: "\t") + "\n" }
  public static var header: String { columns.joined(separator: "\t") + "\n" }
}

/// frames.tsv: row k is the k-th picture of the session's movies.
public struct SessionFrameRow: SessionRow {
  /// `CapturedFrame.index`; numbers are left out where a frame was not recorded.
  public var frame: Int
  /// `CapturedFrame.time`.
  public var time: Int64
  public var sequence: UInt32
  public var droppedBefore: Int

  public init(frame: Int, time: Int64, sequence: UInt32, droppedBefore: Int) {
    (self.frame, self.time, self.sequence, self.droppedBefore) = (frame, time, sequence, droppedBefore)
  }

  public static let file = "frames.tsv"
  public static let columns = ["frame", "mono_ns", "sequence", "dropped_before"]

  public var fields: [String] { ["\(frame)", "\(time)", "\(sequence)", "\(droppedBefore)"] }

  public init(fields: [Substring]) throws {
    let fields = SessionFields(fields, Self.columns)
    frame = try fields.integer(0, 0...SessionFields.mostFrames)
    time = try fields.time(1)
    sequence = UInt32(try fields.integer(2, 0...Int(UInt32.max)))
    droppedBefore = try fields.integer(3, 0...SessionFields.mostFrames)
  }

  /// What is wrong with this row behind `previous`; nil where nothing is.
  public func problem(after previous: Self?) -> String? {
    guard let previous, frame <= previous.frame else { return nil }
    return "frame \(frame) comes after frame \(previous.frame)"
  }
}

/// chunks.tsv: a chunk is `count` samples of the session's sound and how they stand in time.
public struct SessionChunkRow: SessionRow {
  /// Counts the samples of the session's movies, one after the other.
  public var firstSample: Int
  public var count: Int
  /// `CapturedAudio.time`, `gap` and `slip`.
  public var time: Int64
  public var gap: Bool
  public var slip: Int
  /// Whether the recogniser took it; a chunk that came too late it did not.
  public var seen: Bool

  public init(firstSample: Int, count: Int, time: Int64, gap: Bool, slip: Int, seen: Bool) {
    (self.firstSample, self.count, self.time) = (firstSample, count, time)
    (self.gap, self.slip, self.seen) = (gap, slip, seen)
  }

  public static let file = "chunks.tsv"
  public static let columns = ["first_sample", "n", "mono_ns", "gap", "slip", "seen"]
  /// A minute, as much as the recogniser's window keeps.
  public static let mostSamples = 60 * AudioChunk.rate

  public var fields: [String] {
    ["\(firstSample)", "\(count)", "\(time)", gap ? "1" : "0", "\(slip)", seen ? "1" : "0"]
  }

  public init(fields: [Substring]) throws {
    let fields = SessionFields(fields, Self.columns)
    firstSample = try fields.integer(0, 0...1 << 50)
    count = try fields.integer(1, 0...Self.mostSamples)
    time = try fields.time(2)
    gap = try fields.flag(3)
    slip = try fields.integer(4, -Self.mostSamples...Self.mostSamples)
    seen = try fields.flag(5)
  }

  /// What is wrong with this row behind `previous`; nil where nothing is.
  public func problem(after previous: Self?) -> String? {
    let due = previous.map { $0.firstSample + $0.count } ?? 0
    return firstSample == due ? nil : "first_sample is \(firstSample), but the samples before end at \(due)"
  }
}

/// faces.tsv: for each frame that the recogniser took, a row a face that it followed there, the one in front first; one row
/// without a face where there was none.
public struct SessionFaceRow: SessionRow {
  /// `CapturedFrame.index`.
  public var frame: Int
  /// nil: no face.
  public var face: FollowedFace?
  /// When the next frame was taken, as known when this one was cut; nil: none had come. The next one may have been
  /// refused afterwards, so this cannot be told from the rows.
  public var next: Int64?

  public init(frame: Int, face: FollowedFace?, next: Int64? = nil) {
    (self.frame, self.face, self.next) = (frame, face, next)
  }

  /// All rows of a frame.
  public static func rows(frame: Int, faces: [FollowedFace], next: Int64?) -> [SessionFaceRow] {
    guard !faces.isEmpty else { return [SessionFaceRow(frame: frame, face: nil, next: next)] }
    return faces.map { SessionFaceRow(frame: frame, face: $0, next: next) }
  }

  public static let file = "faces.tsv"
  public static let columns = [
    "frame", "face_id", "x", "y", "width", "height", "center_x", "center_y", "side", "angle", "next_ns",
  ]

  /// Numbers in the shortest decimal text that reads back to the same bits.
  public var fields: [String] {
    let next = [next.map { "\($0)" } ?? "n/a"]
    guard let face else { return ["\(frame)"] + [String](repeating: "n/a", count: Self.columns.count - 2) + next }
    let (box, square) = (face.box, face.square)
    let numbers = [box.x, box.y, box.width, box.height, square.centerX, square.centerY, square.side, square.angle]
    return ["\(frame)", "\(face.id)"] + numbers.map { "\($0)" } + next
  }

  public init(fields: [Substring]) throws {
    let absent = fields.dropFirst().dropLast().allSatisfy { $0 == "n/a" }
    let isLast = fields.last == "n/a"
    let fields = SessionFields(fields, Self.columns)
    frame = try fields.integer(0, 0...SessionFields.mostFrames)
    next = isLast ? nil : try fields.time(10)
    guard !absent else { return }
    let box = PixelBox(
      x: try fields.number(2), y: try fields.number(3), width: try fields.number(4), height: try fields.number(5))
    let square = FaceSquare(
      centerX: try fields.number(6), centerY: try fields.number(7), side: try fields.number(8),
      angle: try fields.number(9))
    guard square.side > 0 else { throw SessionTableProblem(text: "side is '\(square.side)', which no square has") }
    face = FollowedFace(id: try fields.integer(1, 0...SessionFields.mostFrames), box: box, square: square)
  }

  /// What is wrong with this row behind `previous`; nil where nothing is.
  public func problem(after previous: Self?) -> String? {
    guard let previous, frame <= previous.frame else { return nil }
    guard frame == previous.frame, face != nil, previous.face != nil else {
      return "frame \(frame) comes after frame \(previous.frame)"
    }
    return next == previous.next ? nil : "next_ns is not what it is in the row of frame \(frame) before"
  }
}

/// The fields of a row as values, each bounded: a session may come from a stranger.
private struct SessionFields {
  static let mostFrames = 1 << 40
  private let fields: [Substring]
  private let columns: [String]

  /// As many fields as columns, which the table's reader has seen to.
  init(_ fields: [Substring], _ columns: [String]) { (self.fields, self.columns) = (fields, columns) }

  func integer(_ column: Int, _ bounds: ClosedRange<Int>) throws -> Int {
    let text = fields[column]
    let digits = text.first == "-" ? text.dropFirst() : text
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text),
      bounds.contains(value)
    else { throw problem(column, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") }
    return value
  }

  /// Nanoseconds of CLOCK_MONOTONIC: a century, so that no sum of times overflows.
  func time(_ column: Int) throws -> Int64 { Int64(try integer(column, 0...3_000_000_000_000_000_000)) }

  func flag(_ column: Int) throws -> Bool { try integer(column, 0...1) == 1 }

  /// Pixels or radians.
  func number(_ column: Int) throws -> Double {
    let text = fields[column]
    // Not all that Double reads: no hexadecimal, no "nan", no "infinity".
    let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) || "+-.e".utf8.contains($0) }
    guard isDecimal, let value = Double(text), abs(value) <= 1_000_000 else {
      throw problem(column, "a number of at most a million")
    }
    return value
  }

  private func problem(_ column: Int, _ wanted: String) -> SessionTableProblem {
    SessionTableProblem(text: "\(columns[column]) is '\(fields[column].prefix(40))', not \(wanted)")
  }
}
