import Glibc
import MienKit

/// What the system refused while results were written.
enum OutputError: Error, CustomStringConvertible {
  /// Nobody reads any more: a quiet end, not a failure.
  case closedPipe
  case failed(path: String, operation: String, code: Int32)

  var description: String {
    switch self {
    case .closedPipe: "the reader has closed the pipe"
    case .failed(let path, let operation, let code): "\(path): cannot \(operation): \(String(cString: strerror(code)))"
    }
  }
}

/// Where results go: standard output, or a file that bears its name only when it is whole.
///
/// Every `write` reaches the system at once, so a reader sees each line as it is made. A regular file is written as
/// `NAME.partial`, which can be watched, and renamed to `NAME` by `finish()`; one that is not finished keeps the
/// `.partial`. On a full disk the partial file is removed. Devices and pipes are written to directly.
final class Output {
  let path: String
  private var descriptor: Int32
  /// The place of the whole file, links followed.
  private let final: String
  /// nil: written to directly.
  private let partial: String?

  /// Standard output.
  init() { (path, final, descriptor, partial) = ("standard output", "", STDOUT_FILENO, nil) }

  /// - Throws: `OutputError.failed` if the file cannot be made.
  init(file path: String) throws {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR {
      throw OutputError.failed(path: path, operation: "write", code: EISDIR)
    }
    // /dev/stdout leads to a regular file where the shell redirects, yet must not be replaced itself.
    let isDevice = ["/dev/", "/proc/"].contains { path.hasPrefix($0) }
    let direct = isDevice || exists && status.st_mode & S_IFMT != S_IFREG
    // A link stays a link: what it leads to is replaced.
    let target = exists ? resolved(path) ?? path : path
    final = target
    partial = direct ? nil : target + ".partial"
    let flags = O_WRONLY | O_CLOEXEC | (direct ? 0 : O_CREAT | O_TRUNC)
    descriptor = open(partial ?? path, flags, 0o666)
    if descriptor < 0 { throw OutputError.failed(path: partial ?? path, operation: "write", code: errno) }
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  deinit { if partial != nil && descriptor >= 0 { close(descriptor) } }

  /// All of `text`, now.
  /// - Throws: `OutputError`; then the partial file is gone.
  func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// The last of what is written, and then the failure, if there is one: a reader who has gone must not hide it.
  func end(with text: String, failure: Failure?) throws {
    do { try write(text) } catch OutputError.closedPipe where failure != nil {}
    if let failure { throw failure }
  }

  /// All of the bytes, now.
  /// - Throws: as for text.
  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes(write) }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EPIPE { throw OutputError.closedPipe }
        remove()
        throw OutputError.failed(path: path, operation: "write", code: code)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Everything is written: the file gets its name.
  /// - Throws: `OutputError.failed`; then the partial file is gone.
  func finish() throws {
    guard let partial, descriptor >= 0 else { return }
    // A disk may find out that it is full only here.
    let synced = fsync(descriptor) == 0
    let closed = close(descriptor) == 0
    descriptor = -1
    guard synced, closed, rename(partial, final) == 0 else {
      let code = errno
      unlink(partial)
      throw OutputError.failed(path: path, operation: "write", code: code)
    }
  }

  /// What is written is not all there is: the file keeps its partial name, which comes back to be told.
  func leave() -> String? {
    guard let partial, descriptor >= 0 else { return nil }
    close(descriptor)
    descriptor = -1
    return partial
  }

  private func remove() {
    guard let partial, descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(partial)
  }
}
