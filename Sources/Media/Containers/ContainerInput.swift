/// What a demuxer opens.
enum ContainerInput: Sendable {
  case file(String)
  /// An open descriptor that cannot seek; `name` is for messages.
  case descriptor(Int32, name: String)
  case memory(MediaBytes)

  /// What libav is told. It looks at the ending.
  var url: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .descriptor(let number, _): "pipe:\(number)"
    case .memory(let bytes): "file:\(bytes.name)"
    }
  }

  /// How messages name it.
  var name: String {
    switch self {
    case .file(let path): path
    case .descriptor(_, let name): name
    case .memory(let bytes): bytes.name
    }
  }

  /// Whether it can be read from anywhere, and opened again.
  var canSeek: Bool { if case .descriptor = self { false } else { true } }

  /// What of the file's end can be checked; nil for a descriptor.
  var ending: FileEnding.Bytes? {
    switch self {
    case .file(let path): .file(path)
    case .descriptor: nil
    case .memory(let bytes): .memory(bytes.bytes)
    }
  }
}
