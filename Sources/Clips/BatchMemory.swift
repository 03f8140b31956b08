internal import Tensor
internal import Threading

/// Memory for the batches of a loader, used again when a batch is gone: the first touch of fresh pages takes as long as
/// filling them.
final class BatchMemory: Sendable {
  private let spare = Guarded<[FloatBuffer]>([])

  /// A buffer of `count` values that holds whatever was there. It comes back when the last view of it goes.
  func take(_ count: Int) -> FloatBuffer {
    let buffer = spare.withLock { spare in
      spare.firstIndex { $0.count == count }.map { spare.remove(at: $0) }
    }
    let lease = Lease(buffer ?? FloatBuffer(count: count), self)
    return FloatBuffer(borrowing: lease.buffer.base, count: count, owner: lease)
  }

  fileprivate func giveBack(_ buffer: FloatBuffer) { spare.withLock { $0.append(buffer) } }
}

/// Keeps a buffer for one batch.
private final class Lease: Sendable {
  let buffer: FloatBuffer
  private let memory: BatchMemory

  init(_ buffer: FloatBuffer, _ memory: BatchMemory) { (self.buffer, self.memory) = (buffer, memory) }

  deinit { memory.giveBack(buffer) }
}
