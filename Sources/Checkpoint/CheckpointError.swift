/// What went wrong with a file of weights: which file, what, and what to do about it.
///
/// The one error of this room. Its description is one line, whatever bytes a hostile file put into its names.
public struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is; a command turns this into an exit code.
  public enum Kind: Hashable, Sendable {
    /// The file is not there or cannot be opened.
    case noInput
    /// The file's contents are wrong.
    case badData
    /// A file cannot be written.
    case cannotWrite
  }

  public var kind: Kind
  public var path: String
  public var problem: String
  /// What the user can do, where there is something.
  public var remedy: String?

  public init(_ kind: Kind = .badData, path: String, problem: String, remedy: String? = nil) {
    (self.kind, self.path, self.problem, self.remedy) = (kind, path, problem, remedy)
  }

  public var description: String {
    let line = "\(path): \(problem)"
    return printable(remedy.map { "\(line); \($0)" } ?? line, limit: 1000)
  }
}

/// A problem found by a parser that does not know which file it reads; whoever knows adds the path.
struct FormatProblem: Error {
  var problem: String
  var remedy: String?

  init(_ problem: String, remedy: String? = nil) { (self.problem, self.remedy) = (problem, remedy) }

  func at(_ path: String) -> CheckpointError { CheckpointError(path: path, problem: problem, remedy: remedy) }
}

/// `text` on one line: control characters escaped, cut at `limit` characters. For names that come out of files.
package func printable(_ text: String, limit: Int = 120) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "…" }
    if steersTerminal(scalar) {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
    count += 1
  }
  return result
}

/// Whether a character does something to a terminal or begins another line, instead of being seen.
package func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  // Format characters include the ones that turn the direction of text around.
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
  default: false
  }
}
