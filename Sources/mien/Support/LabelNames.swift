import Glibc
import Recognition

/// What `--labels` and `--attributes` name: a file with a name a line, a known set, or names with commas between them.
/// - Throws: `Failure` naming the option.
func outputNames(_ text: String, option: String) throws -> [String] {
  do {
    if access(text, F_OK) == 0, !isFolder(text) {
      var bytes = try readFile(text)[...]
      // Windows' editors mark UTF-8 with a byte order mark, as lists may have one too.
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
      let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
        String(line.drop { " \t".contains($0) }.reversed().drop { " \t".contains($0) }.reversed())
      }
      return try Labels(lines.filter { !$0.isEmpty }).names
    }
    let names = try Labels(parsing: text).names
    // Nobody tells one class apart from itself, but a file's name is easily mistyped.
    if names.count == 1, option == "--labels", text.contains(where: { "./".contains($0) }) {
      throw Failure(
        .noInput, "\(option) \(text): \(isFolder(text) ? "is a folder, not a file of names" : "no such file")")
    }
    return names
  } catch let problem as Labels.Problem {
    throw Failure(.usage, "\(option) \(text): \(problem)")
  }
}
