internal import Checkpoint

/// What is wrong with a model folder or with what an import was asked for: one line with path, problem and remedy.
///
/// Files of weights have `CheckpointError` for the same.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is; a command turns this into an exit code.
  public enum Kind: Hashable, Sendable {
    /// The command was asked for something that makes no sense.
    case usage
    /// The folder or file is not there.
    case noInput
    /// Its contents are wrong.
    case badData
    /// A file or folder cannot be written.
    case cannotWrite
    /// What would be made is there already.
    case exists
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
