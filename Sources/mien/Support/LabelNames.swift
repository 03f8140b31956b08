import Files
import Glibc
import MienKit
import Models

/// What `--labels` and `--attributes` name: a file with a name a line, a known set, or names with commas between them.
/// - Throws: `Failure` naming the option.
func outputNames(_ text: String, option: String) throws -> [String] {
  do {
    if access(text, F_OK) == 0, !isFolder(text) {
      return try Labels(file: try readFile(text)).names
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
