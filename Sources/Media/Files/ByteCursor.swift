internal import Glibc

/// A place in bytes in memory, for C libraries that read these as a file.
struct ByteCursor {
  let bytes: [UInt8]
  /// From 0 to the number of bytes.
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Copies the bytes from the place on, and moves it behind them.
  /// - Parameters:
  ///   - target: has room for `count` bytes.
  ///   - count: how many are wanted.
  /// - Returns: how many there were; 0 at the end.
  mutating func read(into target: UnsafeMutableRawPointer, _ count: Int) -> Int {
    let count = min(count, bytes.count - position)
    guard count > 0 else { return 0 }
    bytes.withUnsafeBytes { target.copyMemory(from: $0.baseAddress! + position, byteCount: count) }  // not empty
    position += count
    return count
  }

  /// Moves the place as lseek(2) does, but not behind the end: there is nothing to read, as in a file.
  /// - Returns: the new place; nil: there is no such place.
  mutating func seek(_ offset: Int64, _ whence: Int32) -> Int64? {
    let base: Int
    switch whence {
    case SEEK_SET: base = 0
    case SEEK_CUR: base = position
    case SEEK_END: base = bytes.count
    default: return nil
    }
    let (place, overflows) = Int64(base).addingReportingOverflow(offset)
    guard !overflows, place >= 0 else { return nil }
    position = Int(min(place, Int64(bytes.count)))
    return place
  }
}
