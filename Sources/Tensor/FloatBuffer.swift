import Glibc

/// A run of float32 values at a fixed address, 64-byte aligned where it owns its memory.
///
/// The one place that owns number memory: matrices are views into buffers and keep them alive.
/// A buffer never grows, so a view's address stays valid for as long as the view exists.
public final class FloatBuffer: @unchecked Sendable {
  // @unchecked because the values behind `base` are written by one owner at a time: an operation's
  // worker tasks write disjoint ranges, and the pool's barrier orders operations.

  /// The first value.
  public let base: UnsafeMutablePointer<Float>
  /// How many values.
  public let count: Int

  private let release: () -> Void
  private let isMapped: Bool

  /// Owned memory, all zero.
  public init(count: Int) {
    precondition(count >= 0, "a buffer cannot have \(count) values")
    let memory = NumberMemory(bytes: max(count, 1) * MemoryLayout<Float>.stride)
    self.count = count
    base = memory.base.bindMemory(to: Float.self, capacity: max(count, 1))
    isMapped = false
    release = { memory.free() }
  }

  /// Owned memory holding a copy of `values`.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: values.count) }
    }
  }

  /// Memory that belongs to `owner`, read only by convention: `owner` is kept until the buffer goes.
  /// - Parameters:
  ///   - base: the first value.
  ///   - count: how many values there are.
  ///   - owner: frees the memory when it goes.
  ///   - isMapped: whether it is a file's, so that its pages can be read again from there.
  public init(
    borrowing base: UnsafePointer<Float>, count: Int, owner: any AnyObject & Sendable, isMapped: Bool = false
  ) {
    // Mutable in type only: parameters are never written by recognition, and training copies them first.
    self.base = UnsafeMutablePointer(mutating: base)
    self.count = count
    self.isMapped = isMapped
    release = { _ = owner }
  }

  deinit { release() }

  /// Tells the system that a mapped file's values will not be read again soon, so that they do not count as this process's
  /// memory; they can still be read. Does nothing for other memory, whose values would be lost. The C function is `madvise`.
  package func releasePages() {
    guard isMapped else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let start = (Int(bitPattern: base) + page - 1) / page * page
    let end = Int(bitPattern: base + count) / page * page
    guard end > start, let address = UnsafeMutableRawPointer(bitPattern: start) else { return }
    madvise(address, end - start, MADV_DONTNEED)
  }

  /// A copy as an array, for tests and small reads.
  public var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
