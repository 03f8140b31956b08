internal import CKernels

/// What layers compute with: few, fat operations, the memory for their results, and the threads that share the work.
///
/// One object for one forward pass at a time, passed to every layer; nothing is ambient. Operations never write over
/// their inputs, so that whoever wants to differentiate a pass later finds the values it needs. Results live in the
/// arena: until the surrounding ``scoped(rows:columns:_:)`` ends, or ``reset()``.
public final class Operations {
  let pool: WorkerPool
  package let arena: Arena
  let kernels: ckernels_table

  /// Which of our kernels are used.
  public let level: KernelLevel

  /// Threads that share the work, the caller included. Results do not depend on it, bit for bit.
  public var threads: Int { pool.threads }

  /// - Parameters:
  ///   - threads: at least 1.
  ///   - level: must be one of ``KernelLevel/available``.
  public init(threads: Int = 1, level: KernelLevel = .best) {
    guard let table = level.table else { preconditionFailure("this processor has no \(level)") }
    MatrixProduct.prepare()
    pool = WorkerPool(threads: threads)
    arena = Arena()
    kernels = table.pointee
    self.level = level
  }

  /// Memory for a result; holds whatever was there.
  public func matrix(rows: Int, columns: Int) -> Matrix { arena.matrix(rows: rows, columns: columns) }

  /// A result of `rows`×`columns` that `body` fills; all else that `body` takes is given back.
  public func scoped(rows: Int, columns: Int, _ body: (_ result: Matrix) -> Void) -> Matrix {
    let result = matrix(rows: rows, columns: columns)
    let mark = arena.mark
    body(result)
    arena.reset(to: mark)
    return result
  }

  /// Gives all memory back for the next pass; results of the last one are gone.
  public func reset() { arena.reset() }
}
