internal import Checkpoint
internal import Glibc

/// What is wrong with a file of a run folder: one line with path, problem and remedy.
public struct RunFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is; a command turns this into an exit code.
  public enum Kind: Hashable, Sendable {
    case noInput, badData, cannotWrite
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
    return printable(remedy.map { "\(line); \($0)" } ?? line, limit: 1000)
  }

  /// Reads errno, so it must be called right after what failed.
  static func system(_ what: String, path: String, _ kind: Kind) -> RunFileError {
    let code = errno
    let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
    return RunFileError(
      kind, path: path, problem: "cannot \(what): \(String(cString: strerror(code)))",
      remedy: isFull ? "free some space, or write elsewhere" : nil)
  }
}
