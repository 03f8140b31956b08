internal import Files

/// What the outputs of a model are called, in the order of its head.
///
/// Never guessed from a count: six classes mean different things in different corpora.
public struct Labels: Hashable, Sendable {
  /// One name an output; not empty, no name twice.
  public let names: [String]

  /// The orders in which the published models were trained.
  public static let named: [(name: String, labels: Labels)] = [
    ("crema-d", Labels(unchecked: ["anger", "disgust", "fear", "happiness", "neutral", "sadness"])),
    (
      "mafw",
      Labels(unchecked: [
        "anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise", "contempt", "anxiety",
        "helplessness", "disappointment",
      ])
    ),
  ]

  /// For messages: every named order with its count.
  public static var help: String {
    named.map { "\($0.name) (\($0.labels.names.count): \($0.labels.names.joined(separator: ", ")))" }
      .joined(separator: ", ")
  }

  private init(unchecked names: [String]) { self.names = names }

  /// Why names cannot be labels.
  public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: `Problem` if a name is empty, contains a control character, or comes twice.
  public init(_ names: [String]) throws(Problem) {
    guard !names.isEmpty else { throw Problem(description: "there are no labels") }
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      guard name.contains(where: { !$0.isWhitespace }) else {
        throw Problem(description: "label \(index) is empty")
      }
      guard name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
        throw Problem(description: "label \(index) contains a control character")
      }
      guard seen.insert(name).inserted else { throw Problem(description: "the label '\(name)' comes twice") }
    }
    self.names = names
  }

  /// A named order, or names with commas between them ("calm,angry"); spaces around names do not count.
  public init(parsing text: String) throws(Problem) {
    if let known = Self.named.first(where: { $0.name == text.lowercased() }) {
      self = known.labels
      return
    }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      Self.trimmed(name)
    }
    try self.init(names)
  }

  /// The content of a file with a name a line; empty lines and blanks around a name do not count.
  public init(file bytes: [UInt8]) throws(Problem) {
    let lines = String(decoding: withoutByteOrderMark(bytes), as: UTF8.self).split(whereSeparator: \.isNewline)
    try self.init(lines.map(Self.trimmed).filter { !$0.isEmpty })
  }

  private static func trimmed(_ name: Substring) -> String {
    String(name.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
