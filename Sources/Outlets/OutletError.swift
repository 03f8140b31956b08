/// Why an outlet cannot be opened, in one line that names it and the remedy.
public struct OutletError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The command line asks for what is not allowed.
    case usage
    /// Somebody else has the address, or a file is in its place.
    case taken
    /// The system forbids it.
    case forbidden
    /// The system cannot do it.
    case failed
  }

  public let kind: Kind
  public let description: String

  init(_ kind: Kind, _ description: String) { (self.kind, self.description) = (kind, description) }
}
