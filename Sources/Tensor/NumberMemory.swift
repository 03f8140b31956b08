internal import Glibc

/// Memory for numbers: zeros, on whole cache lines. Whoever makes it frees it, once.
struct NumberMemory {
  /// The first byte.
  let base: UnsafeMutableRawPointer
  private let whole: UnsafeMutableRawPointer

  private static let largePage = 2 << 20

  /// Memory that fills large pages asks for large pages, where the system leaves the choice: the first touch of small pages
  /// takes a third of the time that packing a weight takes, and products that stride over rows miss their translations.
  /// Fresh pages are zero without a write, so untouched pages use no memory. The C functions are `calloc` and `madvise`.
  init(bytes: Int) {
    let alignment = bytes < Self.largePage ? 64 : Self.largePage
    guard let whole = calloc(1, bytes + alignment) else { fatalError("out of memory: \(bytes) bytes") }
    self.whole = whole
    base = whole + (alignment - Int(bitPattern: whole) % alignment) % alignment
    // Only a hint: without such pages the results are the same.
    if bytes >= Self.largePage { madvise(base, bytes / Self.largePage * Self.largePage, MADV_HUGEPAGE) }
  }

  func free() { Glibc.free(whole) }
}
