internal import Checkpoint

/// What is wrong with a session's manifest: one line with path, problem and remedy.
public struct SessionError: Error, Hashable, Sendable, CustomStringConvertible {
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
    return printable(remedy.map { "\(line); \($0)" } ?? line, limit: 2000)
  }
}
