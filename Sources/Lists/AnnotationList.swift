internal import Files

/// A list of clips to evaluate or learn from: lines of `video audio label`, as the public code writes them.
///
/// Spaces or tabs separate fields. A field that holds spaces stands in double quotes; a quote inside is doubled. `-` is a
/// missing modality. A regression's label is several numbers; pre-training needs none. Empty lines and lines that begin with
/// `#` are skipped. Only the text is checked here, not whether the files exist.
public struct AnnotationList: Sendable, Hashable {
  /// One line of the list: a clip and its label.
  public struct Entry: Sendable, Hashable {
    /// From 1.
    public var line: Int
    /// As written; nil for `-`.
    public var video, audio: String?
    /// The fields behind picture and sound, which ``LabelReader`` reads; empty: the line has none.
    public var label: [String]

    public init(line: Int, video: String?, audio: String?, label: [String]) {
      (self.line, self.video, self.audio, self.label) = (line, video, audio, label)
    }
  }

  /// The list's own path, for messages and for paths relative to it.
  public var path: String
  public var entries: [Entry]

  /// - Throws: `AnnotationError` naming the file and the line.
  public init(path: String, bytes: [UInt8]) throws {
    self.path = path
    entries = []
    for (i, raw) in withoutByteOrderMark(bytes).split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      if let entry = try Self.entry(raw, line: i + 1, path: path) { entries.append(entry) }
    }
    guard !entries.isEmpty else { throw AnnotationError(path: path, line: nil, "no clip in the list") }
  }

  /// A list of one clip without a label: a file whose picture and sound are both meant, or a folder of pictures.
  public init(clip path: String) {
    let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
    self.path = trimmed.isEmpty ? path : trimmed
    let name = trimmed.split(separator: "/").last.map(String.init) ?? path
    entries = [Entry(line: 1, video: name, audio: name, label: [])]
  }

  /// `path` as written in the list, made relative to the list's folder.
  public func resolve(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let slash = self.path.lastIndex(of: "/") else { return path }
    return String(self.path[...slash]) + path
  }

  /// The label as a class index.
  /// - Throws: `AnnotationError` unless it is one whole number from 0 to `count` − 1.
  public func classIndex(of entry: Entry, count: Int) throws -> Int {
    try needLabel(of: entry)
    guard entry.label.count == 1 else {
      throw AnnotationError(
        path: path, line: entry.line,
        "\(entry.label.count) labels where a class index was expected; names with spaces stand in double quotes")
    }
    guard let index = Int(entry.label[0]), (0..<count).contains(index) else {
      let label = entry.label[0]
      throw AnnotationError(
        path: path, line: entry.line, "the label “\(label)” is not a class index from 0 to \(count - 1)")
    }
    return index
  }

  /// The label as a regression's values.
  /// - Throws: `AnnotationError` unless there are `count` finite numbers.
  public func values(of entry: Entry, count: Int) throws -> [Double] {
    try needLabel(of: entry)
    guard entry.label.count == count else {
      throw AnnotationError(
        path: path, line: entry.line, "\(entry.label.count) values where \(count) are expected")
    }
    return try entry.label.map { text in
      // What is trained on is a Float, whose range is smaller.
      guard let value = Double(text), Float(value).isFinite else {
        throw AnnotationError(path: path, line: entry.line, "the label “\(text)” is not a number")
      }
      return value
    }
  }

  private func needLabel(of entry: Entry) throws {
    if entry.label.isEmpty {
      throw AnnotationError(path: path, line: entry.line, "2 fields where video, audio and label were expected")
    }
  }

  private static func entry(_ raw: ArraySlice<UInt8>, line: Int, path: String) throws -> Entry? {
    let raw = raw.last == 0x0d ? raw.dropLast() : raw
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw AnnotationError(path: path, line: line, "not UTF-8 text")
    }
    if text.unicodeScalars.contains("\0") {
      throw AnnotationError(path: path, line: line, "a NUL byte; not a text file")
    }
    guard let fields = split(text) else {
      throw AnnotationError(path: path, line: line, "a quote that does not end, or text after one")
    }
    if fields.isEmpty || fields[0].hasPrefix("#") { return nil }
    guard fields.count >= 2 else {
      throw AnnotationError(path: path, line: line, "1 field where video, audio and label were expected")
    }
    if fields[0].isEmpty || fields[1].isEmpty { throw AnnotationError(path: path, line: line, "an empty path") }
    let (video, audio) = (fields[0] == "-" ? nil : fields[0], fields[1] == "-" ? nil : fields[1])
    if video == nil && audio == nil { throw AnnotationError(path: path, line: line, "neither video nor audio") }
    return Entry(line: line, video: video, audio: audio, label: Array(fields[2...]))
  }

  /// nil: a quote that does not end, or is not followed by a blank.
  private static func split(_ text: String) -> [String]? {
    var fields: [String] = []
    var rest = text.unicodeScalars[...]
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
    while true {
      rest = rest.drop(while: isBlank)
      guard let first = rest.first else { return fields }
      var field = String.UnicodeScalarView()
      if first == "\"" {
        rest = rest.dropFirst()
        while true {
          guard let scalar = rest.popFirst() else { return nil }
          if scalar != "\"" {
            field.append(scalar)
          } else if rest.first == "\"" {
            field.append("\"")
            rest = rest.dropFirst()
          } else {
            break
          }
        }
        if let next = rest.first, !isBlank(next) { return nil }
      } else {
        while let scalar = rest.first, !isBlank(scalar) {
          field.append(scalar)
          rest = rest.dropFirst()
        }
      }
      fields.append(String(field))
    }
  }
}

/// A list that cannot be read, with its place.
public struct AnnotationError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  /// From 1; nil: the file as a whole.
  public var line: Int?
  public var problem: String
  /// Whether the label is well formed, but tells nothing that is asked for, such as a class that the model does not have.
  public var tellsNothing = false

  public init(path: String, line: Int?, _ problem: String) {
    (self.path, self.line, self.problem) = (path, line, problem)
  }

  public var description: String { line.map { "\(path):\($0): \(problem)" } ?? "\(path): \(problem)" }
}
