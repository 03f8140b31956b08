internal import Glibc

/// A file that appears whole or not at all: written beside its final name, synced, then renamed over it.
///
/// Dropping it without `commit()` removes what was written.
package final class AtomicFile {
  package let path: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferLimit = 1 << 20

  /// - Throws: `FileError` of kind `cannotWrite`.
  package init(_ path: String) throws {
    self.path = path
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    // Two processes may write the same name; O_EXCL keeps them apart, the pid keeps them from meeting.
    temporary = "\(path[..<slash]).\(path[slash...]).\(getpid()).tmp"
    unlink(temporary)
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure("be created") }
  }

  deinit { abandon() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count <= Self.bufferLimit {
      buffer.append(contentsOf: bytes)
    } else {
      try flush()
      try send(bytes)
    }
  }

  package func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Makes the file appear under its name, on disk.
  package func commit() throws {
    try flush()
    guard fsync(descriptor) == 0 else { throw failure("be written") }
    let result = close(descriptor)
    descriptor = -1
    guard result == 0, rename(temporary, path) == 0 else {
      let error = failure("be written")
      unlink(temporary)
      throw error
    }
    syncFolder(of: path)
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try send($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var sent = 0
    while sent < bytes.count, let base = bytes.baseAddress {
      let count = Glibc.write(descriptor, base + sent, bytes.count - sent)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("be written")
      }
      sent += count
    }
  }

  private func abandon() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
    descriptor = -1
  }

  /// Reads errno, so it must be called right after what failed.
  private func failure(_ operation: String) -> FileError { .system(operation, path: path, .cannotWrite) }
}

/// Makes a rename durable: the folder's own entry is synced. Not all file systems can; then the rename is still atomic.
package func syncFolder(of path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
