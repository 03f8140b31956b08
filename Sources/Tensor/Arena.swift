internal import CSystem

/// Memory for the values between operations. Taking memory moves a mark forward; giving it back moves the mark back.
///
/// It grows while the first window finds out how much is needed, and then never again. One owner at a time:
/// only the thread that runs operations takes from it; worker tasks get their memory handed to them.
package final class Arena {
  /// A place to return to.
  package struct Mark {
    fileprivate let block: Int, used: Int
  }

  /// A matrix that was taken while the log was kept: views into it share its number.
  package struct Allocation: Equatable {
    /// From 0, in the order taken.
    package let number: Int
    /// Its first value in its buffer, and how many values it has.
    package let offset, count: Int
  }

  private var blocks: [FloatBuffer] = []
  private var block = 0
  private var used = 0
  private let blockCount: Int

  /// Whether a log is kept of what is taken. Off unless somebody needs it, because it costs time.
  package var keepsLog = false
  private var log = ArenaLog()

  /// How often memory was asked of the system: constant after the first window, which is tested.
  package private(set) var growth = 0

  /// - Parameter blockCount: values in a block; larger requests get a block of their own size.
  package init(blockCount: Int = 1 << 20) { self.blockCount = blockCount }

  /// A matrix whose values are whatever the last user left there.
  package func matrix(rows: Int, columns: Int) -> Matrix {
    // Rows of every matrix start on a cache line where the width allows it.
    let count = (rows * columns + 15) / 16 * 16
    while block < blocks.count && used + count > blocks[block].count {
      block += 1
      used = 0
    }
    if block == blocks.count {
      blocks.append(FloatBuffer(count: max(blockCount, count)))
      growth += 1
    }
    defer { used += count }
    if keepsLog { log.add(blocks[block], block: block, offset: used, count: rows * columns) }
    return Matrix(blocks[block], offset: used, rows: rows, columns: columns)
  }

  /// Where the arena stands now.
  package var mark: Mark { Mark(block: block, used: used) }

  /// Gives back everything taken since `mark`.
  package func reset(to mark: Mark) {
    (block, used) = (mark.block, mark.used)
    if !log.isEmpty { log.cut(block: block, used: used) }
  }

  /// Gives back everything.
  package func reset() { reset(to: Mark(block: 0, used: 0)) }

  /// What `view` is a part of, or nil if it is not from here or was not logged.
  package func allocation(of view: Matrix) -> Allocation? { log.allocation(of: view) }

  /// Bytes that the process has from malloc, for tests of the promise above. The C function is `mallinfo2`.
  package static var heapInUse: Int { csystem_heap_in_use() }
}
