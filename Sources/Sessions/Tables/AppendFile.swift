internal import Files
internal import Glibc
internal import Media

/// A text file that grows line by line; each line is with the kernel when `write` comes back, so that a killed process
/// loses none.
final class AppendFile {
  let path: String
  private let descriptor: Int32
  private var length = 0

  /// Makes the file.
  /// - Throws: `MediaError` of kind `.cannotWrite`, also where there is one already.
  init(_ path: String) throws {
    let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw MediaError.system("write", path: path, kind: .cannotWrite) }
    (self.path, descriptor) = (path, opened)
  }

  deinit { close(descriptor) }

  /// - Throws: `MediaError` of kind `.cannotWrite`; then nothing of the text is in the file.
  func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// - Throws: `MediaError` of kind `.cannotWrite`; then nothing of the bytes is in the file.
  func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + sent, bytes.count - sent) }
      if count < 0 {
        if errno == EINTR { continue }
        let error = MediaError.system("write", path: path, kind: .cannotWrite)
        ftruncate(descriptor, off_t(length))
        throw error
      }
      sent += count
    }
    length += sent
  }

  /// Puts it on the disk.
  func sync() { fsync(descriptor) }
}
