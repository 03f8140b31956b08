/// What kind of failure an error is; the command's exit status follows from this alone.
public enum FailureKind: Hashable, Sendable {
  /// The caller asked for something that makes no sense.
  case usage
  /// The file, the folder or the device is not there.
  case noInput
  /// The content is wrong: it is not what it claims to be, or it is broken beyond use.
  case badData
  /// A codec, format or option that this build does not have.
  case unsupported
  /// A program or a service is missing, or the system cannot do it now.
  case unavailable
  /// A file or a folder cannot be written.
  case cannotWrite
  /// What would be made is there already, and it is not overwritten.
  case exists
  /// The system forbids it.
  case noPermission
  /// The caller's `stop` ended a wait.
  case stopped
  /// A library or a program of ours failed, which is no fault of the input.
  case bug
}

/// An error whose kind is known and whose description is one line for the user.
public protocol KnownFailure: Error, CustomStringConvertible {
  var kind: FailureKind { get }
}
