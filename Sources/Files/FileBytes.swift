internal import Glibc

/// The bytes of a file, mapped read only, or bytes in memory (tests and fuzzing); unmapped when the last reader goes.
///
/// A file that another program cuts short while it is mapped faults on access, as with every mapped file: weights are
/// replaced by renaming (see `AtomicFile`), never rewritten in place.
package final class FileBytes: @unchecked Sendable {
  // @unchecked because the memory is never written after init.

  /// As given; names the file in errors.
  package let path: String
  package let bytes: UnsafeRawBufferPointer
  private let mapped: Bool

  /// Maps a regular file.
  /// - Throws: `FileError` if it is missing, unreadable or not a regular file.
  package init(mapping path: String) throws {
    // Not blocking: opening a named pipe would wait for a writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw FileError(.noInput, path: path, problem: "cannot be opened: \(reason)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = String(cString: strerror(errno))
      throw FileError(.noInput, path: path, problem: "cannot be examined: \(reason)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let what = status.st_mode & S_IFMT == S_IFDIR ? "is a folder, not a file of weights" : "is not a regular file"
      throw FileError(.noInput, path: path, problem: what)
    }
    self.path = path
    let count = Int(status.st_size)
    // An empty mapping is an error of mmap's, but an empty file is only bad data.
    guard count > 0 else {
      (bytes, mapped) = (UnsafeRawBufferPointer(start: nil, count: 0), false)
      return
    }
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      let reason = String(cString: strerror(errno))
      throw FileError(.noInput, path: path, problem: "cannot be mapped: \(reason)")
    }
    (bytes, mapped) = (UnsafeRawBufferPointer(start: base, count: count), true)
  }

  /// A copy of `content`, called `path` in errors. 16-byte aligned, as a mapping is.
  package init(copying content: UnsafeRawBufferPointer, path: String) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 16)
    copy.copyMemory(from: content)
    (self.path, bytes, mapped) = (path, UnsafeRawBufferPointer(copy), false)
  }

  deinit {
    if mapped {
      // Mutable in type only, for munmap's sake.
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}
