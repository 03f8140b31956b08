internal import Glibc

/// Whether a file reaches as far as its own header says, for containers whose readers quietly make do with less:
/// RIFF (wav, avi, RF64), AIFF, MPEG transport streams and Ogg.
///
/// It looks at sizes and flags only and decodes nothing; a size that a streaming writer left open is no promise.
struct FileEnding {
  /// At most this many chunks before the sound are looked at, because a hostile file may have millions.
  private static let chunks = 1024
  /// An Ogg page is 27 bytes, 255 lacing values and 255 × 255 bytes of payload at most (RFC 3533).
  private static let page = 27 + 255 + 255 * 255

  /// Where the bytes are.
  enum Bytes {
    case file(String)
    case memory([UInt8])
  }

  /// The first `count` bytes from an offset; fewer where the file ends.
  private let read: (_ offset: Int, _ count: Int) -> [UInt8]
  private let size: Int

  /// What is missing at the end of a file, or nil: nothing, or it cannot be told.
  /// - Parameter isTransportStream: whether libav has found it to be one, because it has no magic number.
  static func shortfall(of file: Bytes, isTransportStream: Bool = false) -> String? {
    switch file {
    case .memory(let bytes):
      return FileEnding(read: { part(of: bytes, $0, $1) }, size: bytes.count).shortfall(isTransportStream)
    case .file(let path):
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return FileEnding(read: { bytes(of: descriptor, $0, $1) }, size: Int(status.st_size)).shortfall(isTransportStream)
    }
  }

  private func shortfall(_ isTransportStream: Bool) -> String? {
    if isTransportStream { return transportStream() }
    let start = bytes(0, 12)
    guard start.count == 12 else { return nil }
    switch (Self.name(start, 0), Self.name(start, 8)) {
    case ("RIFF", "WAVE"), ("RF64", "WAVE"), ("BW64", "WAVE"): return sound("data", bigEndian: false)
    case ("FORM", "AIFF"), ("FORM", "AIFC"): return sound("SSND", bigEndian: true)
    case ("RIFF", "AVI "): return avi()
    case ("OggS", _): return ogg()
    default: return nil
    }
  }

  /// Whether a 32-bit size was left open by a writer that could not seek: 0 and 2³² - 1 by most, about 2³¹ by arecord
  /// and SoX, each less some header.
  static func isOpen(_ size: Int) -> Bool {
    size == 0 || size >= 0xFFFF_F000 || (0x7FFF_F000...0x8000_1000).contains(size)
  }

  /// The first 12 bytes of a file; fewer where it is short.
  static func start(of file: Bytes) -> [UInt8] {
    switch file {
    case .memory(let bytes): return Array(bytes.prefix(12))
    case .file(let path):
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { return [] }
      defer { close(descriptor) }
      return bytes(of: descriptor, 0, 12)
    }
  }

  /// "WAVE" or "AVI " if a file that starts like this is one whose writer left its size open; nil for all others.
  static func openForm(_ start: [UInt8]) -> String? {
    guard start.count == 12, name(start, 0) == "RIFF", isOpen(Int(number(start, 4, 4))) else { return nil }
    return name(start, 8)
  }

  private func bytes(_ offset: Int, _ count: Int) -> [UInt8] { read(offset, count) }

  private static func part(of bytes: [UInt8], _ offset: Int, _ count: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count else { return [] }
    return Array(bytes[offset..<min(bytes.count, offset + count)])
  }

  private static func bytes(of descriptor: Int32, _ offset: Int, _ count: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      filled += got
    }
    buffer.removeLast(count - filled)
    return buffer
  }

  private static func name(_ bytes: [UInt8], _ at: Int) -> String {
    String(decoding: bytes[at..<at + 4], as: UTF8.self)
  }

  private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int, bigEndian: Bool = false) -> UInt64 {
    let part = bytes[at..<at + count]
    return (bigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Chunks up to the one with the samples. What follows it (tags, the pad byte of an odd size) is not sound.
  private func sound(_ wanted: String, bigEndian: Bool) -> String? {
    var at = 12
    var long: UInt64?
    for _ in 0..<Self.chunks {
      let head = bytes(at, 8)
      guard head.count == 8 else { return nil }
      let name = Self.name(head, 0)
      var length = Int(Self.number(head, 4, 4, bigEndian: bigEndian))
      if name == "ds64", length >= 16 {
        let sizes = bytes(at + 8, 16)
        if sizes.count == 16 { long = Self.number(sizes, 8, 8) }
      }
      if name == wanted {
        if Self.isOpen(length) {
          guard length == 0xFFFF_FFFF, let long, long > 0, long < 1 << 60 else { return nil }
          length = Int(long)
        }
        let missing = at + 8 + length - size
        return missing > 0
          ? "its header promises \(length) bytes of sound, \(max(length - missing, 0)) are there" : nil
      }
      at += 8 + length + length & 1
    }
    return nil
  }

  /// One RIFF after the other (OpenDML); eight bytes are forgiven, because some writers count the header as well.
  private func avi() -> String? {
    var at = 0
    for _ in 0..<Self.chunks {
      let head = bytes(at, 8)
      guard head.count == 8, Self.name(head, 0) == "RIFF" else { return nil }
      let length = Int(Self.number(head, 4, 4))
      guard !Self.isOpen(length) else { return nil }
      let end = at + 8 + length
      if end > size + 8 { return "its header reaches byte \(end) but the file ends at byte \(size)" }
      at = end + length & 1
    }
    return nil
  }

  /// Packets of 188 bytes, with a time stamp before (192) or a check sum behind (204); the last one must be whole.
  private func transportStream() -> String? {
    let sync: UInt8 = 0x47
    for (packet, offset) in [(188, 0), (192, 4), (204, 0)] {
      let start = bytes(0, packet * 8)
      guard start.count == packet * 8, (0..<8).allSatisfy({ start[$0 * packet + offset] == sync }) else { continue }
      let rest = size % packet
      // Where the last packets are out of step, bytes are missing in between and nothing can be said of the end.
      guard rest > 0, bytes(size - rest - packet + offset, 1) == [sync] else { return nil }
      return "its last packet has \(rest) of \(packet) bytes"
    }
    return nil
  }

  /// The last page must be whole and say that a stream ends (flag 4).
  private func ogg() -> String? {
    let tail = bytes(max(size - 2 * Self.page, 0), min(size, 2 * Self.page))
    let magic = Array("OggS".utf8) + [0]
    guard tail.count > magic.count,
      let at = (0...tail.count - magic.count).last(where: { tail[$0..<$0 + magic.count].elementsEqual(magic) })
    else { return nil }
    let cut = "its last page is cut short"
    guard at + 27 <= tail.count else { return cut }
    let segments = Int(tail[at + 26])
    guard at + 27 + segments <= tail.count else { return cut }
    let payload = tail[at + 27..<at + 27 + segments].reduce(0) { $0 + Int($1) }
    guard at + 27 + segments + payload <= tail.count else { return cut }
    return tail[at + 5] & 4 == 0 ? "its last page does not end the stream" : nil
  }
}
