internal import Glibc

/// Memory for numbers, on whole cache lines.
enum LargePages {
  private static let size = 2 << 20

  /// What fills large pages gets such, where the system leaves the choice: the first touch of small ones takes a third of
  /// the time that packing a weight takes, and products that stride over rows miss their translations. The caller frees it.
  /// The C functions are `posix_memalign` and `madvise`.
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, bytes < size ? 64 : size, max(bytes, 1)) == 0, let raw else {
      fatalError("out of memory: \(bytes) bytes")
    }
    // Only a wish: without such pages everything is the same.
    if bytes >= size { madvise(raw, bytes / size * size, MADV_HUGEPAGE) }
    return raw
  }
}
