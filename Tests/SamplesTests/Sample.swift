import Foundation

/// The sample of a room: what its article shows, and what the compiler sees.
struct Sample {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// What stands before the article's first block of Swift, in paragraphs.
  var introduction: [String]
  /// The article's first block, line by line.
  var shown: [String]
  /// The imports of the compiled sample, and the lines between its two marks, without their indentation.
  var imports, compiled: [String]

  /// The library products that Package.swift names, each of which is one room.
  static func products() throws -> [String] {
    let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    let list = manifest.components(separatedBy: "let libraries = [").last?.prefix { $0 != "]" } ?? ""
    return list.split(separator: "\"").map(String.init).filter { $0.contains(where: \.isLetter) }
  }

  /// The folders of articles below Sources, by the room that they are called after.
  static func articles() throws -> [String: URL] {
    let sources = root.appending(path: "Sources").path
    let names = try FileManager.default.subpathsOfDirectory(atPath: sources).filter { $0.hasSuffix(".docc") }
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        let folder = URL(fileURLWithPath: sources).appending(path: name)
        return (folder.deletingPathExtension().lastPathComponent, folder)
      })
  }

  init(of room: String, article folder: URL) throws {
    let article = try Self.lines(folder.appending(path: "\(room).md"))
    guard let start = article.firstIndex(of: "```swift"),
      let end = article[start...].firstIndex(of: "```")
    else { throw Missing(description: "\(room).md shows no Swift") }
    introduction = article[..<start].split(separator: "").map { $0.joined(separator: " ") }
    shown = Array(article[(start + 1)..<end])

    let source = try Self.lines(Self.root.appending(path: "Tests/SamplesTests/\(room)Sample.swift"))
    imports = source.filter { $0.hasPrefix("import ") }
    guard let begin = source.firstIndex(of: "  // The sample begins."),
      let close = source.firstIndex(of: "  // The sample ends."), begin < close
    else { throw Missing(description: "\(room)Sample.swift has no two marks") }
    compiled = source[(begin + 1)..<close].map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0 }
  }

  struct Missing: Error, CustomStringConvertible { var description: String }

  static func lines(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }
}
