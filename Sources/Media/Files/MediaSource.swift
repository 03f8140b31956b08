/// A file that lies in memory, as a member of an archive does.
public struct MediaBytes: Hashable, Sendable {
  /// How messages name it. Its ending has the say that a file's ending has.
  public var name: String
  public var bytes: [UInt8]

  public init(_ bytes: [UInt8], name: String) { (self.bytes, self.name) = (bytes, name) }
}

/// Where a recording, a sound or the pictures of a clip are. The same bytes give the same result from either place.
public enum MediaSource: Hashable, Sendable, CustomStringConvertible {
  /// A file, or a folder of pictures.
  case path(String)
  /// A file in memory.
  case memory(MediaBytes)
  /// Pictures in memory, in their order: what a folder of pictures is.
  case pictures([MediaBytes], name: String)

  /// How messages name it.
  public var description: String {
    switch self {
    case .path(let path): path
    case .memory(let bytes): bytes.name
    case .pictures(_, let name): name
    }
  }
}
