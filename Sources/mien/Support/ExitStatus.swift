/// What the command's end tells the shell; the numbers are those of sysexits.h.
enum ExitStatus: Int32 {
  case success = 0
  /// The command line makes no sense.
  case usage = 64
  /// The input is broken, or is not what it claims to be.
  case badData = 65
  /// There is no such input.
  case noInput = 66
  /// A device is missing.
  case unavailable = 69
  /// A fault of the program's own.
  case bug = 70
  /// The output exists already, and is not overwritten.
  case exists = 73
  /// The output cannot be written.
  case cannotWrite = 74
  /// The system forbids it.
  case noPermission = 77
  /// 128 + the signal's number, as shells count.
  case interrupted = 130
  case terminated = 143
}
