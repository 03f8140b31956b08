public import Files

/// Why an outlet cannot be opened, in one line that names it and the remedy.
public struct OutletError: KnownFailure, Sendable, Hashable {
  public let kind: FailureKind
  public let description: String

  init(_ kind: FailureKind, _ description: String) { (self.kind, self.description) = (kind, description) }
}
