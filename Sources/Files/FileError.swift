internal import Glibc

/// What is wrong with a file or a folder: one line with path, problem and remedy.
///
/// The one error of all rooms that read and write files of ours: weights, models, sessions and training runs. Its
/// description is one line, whatever bytes a hostile file put into its names.
public struct FileError: KnownFailure, Hashable, Sendable {
  public var kind: FailureKind
  public var path: String
  public var problem: String
  /// What the user can do, where there is something.
  public var remedy: String?

  public init(_ kind: FailureKind = .badData, path: String, problem: String, remedy: String? = nil) {
    (self.kind, self.path, self.problem, self.remedy) = (kind, path, problem, remedy)
  }

  public var description: String {
    let line = "\(path): \(problem)"
    return printable(remedy.map { "\(line); \($0)" } ?? line, limit: 2000)
  }
}

extension FileError {
  /// What the system refused, as in "cannot <operation>". Reads errno, so it must be called right after what failed.
  package static func system(_ operation: String, path: String, _ kind: FailureKind) -> FileError {
    let code = errno
    let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
    return FileError(
      kind, path: path, problem: "cannot \(operation): \(String(cString: strerror(code)))",
      remedy: isFull ? "free some space, or write elsewhere" : nil)
  }
}
