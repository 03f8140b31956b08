internal import Checkpoint
internal import Glibc

/// What is wrong with a run or with what it was asked for: one line with path, problem and remedy.
public struct RunError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is; a command turns this into an exit code.
  public enum Kind: Hashable, Sendable {
    /// It was asked for something that makes no sense.
    case usage
    /// The folder is there already.
    case exists
    /// The folder or file is not there.
    case noInput
    /// Contents are wrong, or the run cannot go on with them.
    case badData
    /// A file or folder cannot be written.
    case cannotWrite
  }

  public var kind: Kind
  public var path: String
  public var problem: String
  /// What the user can do, where there is something.
  public var remedy: String?

  public init(_ kind: Kind, path: String, problem: String, remedy: String? = nil) {
    (self.kind, self.path, self.problem, self.remedy) = (kind, path, problem, remedy)
  }

  public var description: String {
    let line = "\(path): \(problem)"
    return printable(remedy.map { "\(line); \($0)" } ?? line, limit: 2000)
  }

  /// Reads errno, so it must be called right after what failed.
  static func system(_ what: String, path: String, _ kind: Kind) -> RunError {
    let code = errno
    let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
    return RunError(
      kind, path: path, problem: "cannot \(what): \(String(cString: strerror(code)))",
      remedy: isFull ? "free some space, or write elsewhere" : nil)
  }
}
