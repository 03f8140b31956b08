import Glibc
import Recognition

/// What `--labels` and `--attributes` name: a file with a name a line, a known set, or names with commas between them.
/// - Throws: `Failure` naming the option.
func outputNames(_ text: String, option: String) throws -> [String] {
  do {
    if access(text, F_OK) == 0, !isFolder(text) {
      let lines = String(decoding: try readFile(text), as: UTF8.self).split(whereSeparator: \.isNewline)
      return try Labels(lines.map(String.init)).names
    }
    let names = try Labels(parsing: text).names
    // Nobody tells one class apart from itself, but a file's name is easily mistyped.
    if names.count == 1, option == "--labels", text.contains(where: { "./".contains($0) }) {
      throw Failure(.noInput, "\(option) \(text): no such file")
    }
    return names
  } catch let problem as Labels.Problem {
    throw Failure(.usage, "\(option) \(text): \(problem)")
  }
}
