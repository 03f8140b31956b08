internal import CFFmpeg
public import Files
internal import Glibc

/// What a library or the system refused, in one line that names the file and, where there is one, the remedy.
public struct MediaError: KnownFailure, Sendable {
  /// Who refused: "libavformat", "dlib", "system", "mien", …
  public var library: String
  /// What was tried, as in "cannot <operation>".
  public var operation: String
  /// The library's own number; 0 where it has none.
  public var code: Int
  public var message: String
  public var path: String
  public var kind: FailureKind

  public init(library: String, operation: String, code: Int = 0, message: String, path: String, kind: FailureKind) {
    (self.library, self.operation, self.code) = (library, operation, code)
    (self.message, self.path, self.kind) = (message, path, kind)
  }

  public var description: String {
    let line = "\(path): cannot \(operation): \(message)"
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension MediaError {
  /// From an AVERROR code; `hint` is added where it helps.
  static func libav(
    _ library: String, _ operation: String, code: Int32, path: String, kind: FailureKind? = nil, hint: String? = nil
  ) -> MediaError {
    var text = [CChar](repeating: 0, count: 128)
    av_strerror(code, &text, text.count)
    let said = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let found: FailureKind =
      switch code {
      case cff_averror(ENOENT): .noInput
      case cff_averror(EACCES), cff_averror(EPERM): .noPermission
      default: .badData
      }
    return MediaError(
      library: library, operation: operation, code: Int(code), message: hint.map { "\(said); \($0)" } ?? said,
      path: path, kind: kind ?? found)
  }

  /// From what was found broken while reading: the first of the lines of `Recording.damage`.
  package static func damaged(_ operation: String, _ damage: [String], path: String) -> MediaError? {
    guard let line = damage.first else { return nil }
    let start = "\(path): "
    let message = String(line.hasPrefix(start) ? line.dropFirst(start.count) : line[...])
    return MediaError(library: "mien", operation: operation, message: message, path: path, kind: .badData)
  }

  /// From `errno`.
  package static func system(_ operation: String, path: String, kind: FailureKind? = nil) -> MediaError {
    let code = errno
    let found: FailureKind =
      switch code {
      case ENOENT, ENOTDIR: .noInput
      case EACCES, EPERM: .noPermission
      default: .badData
      }
    return MediaError(
      library: "system", operation: operation, code: Int(code), message: String(cString: strerror(code)), path: path,
      kind: kind ?? found)
  }
}
