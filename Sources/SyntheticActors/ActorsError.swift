public import Files

/// Why synthetic data cannot be made, in one line with the remedy.
public struct ActorsError: KnownFailure, Hashable, Sendable {
  /// What was tried, as in "cannot <operation>".
  public var operation: String
  /// The system's or the program's own number; 0 where there is none.
  public var code: Int
  public var message: String
  public var kind: FailureKind

  public init(_ kind: FailureKind, operation: String, code: Int = 0, message: String) {
    (self.kind, self.operation, self.code, self.message) = (kind, operation, code, message)
  }

  public var description: String {
    "cannot \(operation): \(message)".split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
