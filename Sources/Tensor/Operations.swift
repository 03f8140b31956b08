internal import CKernels

/// What layers compute with: a few large operations, the memory for their results, and the threads that share the work.
///
/// One object for one forward pass at a time, passed to every layer; there is no global state. Operations never write over
/// their inputs, so that whoever wants to differentiate a pass later finds the values it needs. Results live in the
/// arena: until the surrounding ``scoped(rows:columns:_:)`` ends, or ``reset()``.
public final class Operations {
  let pool: WorkerPool
  package let arena: Arena
  let kernels: ckernels_table
  /// Products with plain weights, and those of gradients.
  let product: ProductKernel
  private let productScratch: FloatBuffer

  /// Gets every operation, for gradients; nil without gradients, and then nothing is kept for them.
  private(set) var recorder: (any Recorder)?

  /// Which of our kernels are used.
  public let level: KernelLevel

  /// The kernels of attention, or nil where plain C computes it.
  let attentionFormat: UnsafePointer<ckernels_format>?

  /// Threads that share the work, the caller included. Results do not depend on it, bit for bit.
  public var threads: Int { pool.threads }

  /// Whether a row of a product has the same bits whatever other rows are computed with it: not where BLAS multiplies.
  public var rowsAreIndependent: Bool { product.isOurs }

  /// - Parameters:
  ///   - threads: at least 1.
  ///   - level: must be one of ``KernelLevel/available``.
  ///   - packing: how the weights were packed that this will compute with; nil for plain ones. Attention computes in
  ///     the same precision; with AVX2, whose int8 has none of its own, in f32.
  ///   - training: what the operands of products with plain weights, and of attention beside them, are rounded to, forward
  ///     and backward: f32, or bf16 where it runs at `level`. Weights, gradients and sums are float32.
  public init(
    threads: Int = 1, level: KernelLevel = .best, packing: WeightPacking? = nil, training: Precision = .f32
  ) {
    precondition(training != .int8 && training.running(at: level) == training, "no products in \(training)")
    precondition(packing.map { $0.level == level } ?? true, "weights that were packed for another level")
    guard let table = level.table else { preconditionFailure("this processor has no \(level)") }
    MatrixProduct.prepare()
    pool = WorkerPool(threads: threads)
    arena = Arena()
    kernels = table.pointee
    let exact = Precision.f32.format(at: level)
    productScratch = ProductKernel.scratch(exact, threads: threads)
    let plain = training.format(at: level)
    product = ProductKernel(plain, scratch: productScratch)
    self.level = level
    if let packing {
      let format = packing.precision.format(at: level)
      attentionFormat = format?.pointee.attention != nil ? format : exact
    } else {
      attentionFormat = plain
    }
  }

  /// Memory for a result; holds whatever was there.
  public func matrix(rows: Int, columns: Int) -> Matrix { arena.matrix(rows: rows, columns: columns) }

  /// A result of `rows`×`columns` that `body` fills; all else that `body` takes is given back, unless it is recorded.
  public func scoped(rows: Int, columns: Int, _ body: (_ result: Matrix) -> Void) -> Matrix {
    let result = matrix(rows: rows, columns: columns)
    let mark = arena.mark
    body(result)
    if recorder == nil { arena.reset(to: mark) }
    return result
  }

  /// Runs `body` and tells `recorder` every operation. Memory is kept meanwhile: a backward pass needs the values.
  public func recorded<Result>(by recorder: any Recorder, _ body: () throws -> Result) rethrows -> Result {
    precondition(self.recorder == nil, "somebody is recording already")
    self.recorder = recorder
    arena.keepsLog = true
    defer {
      self.recorder = nil
      arena.keepsLog = false
    }
    return try body()
  }

  /// Runs `body` without a recorder: no gradient passes what it computes.
  public func unrecorded<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (recorder, keepsLog) = (self.recorder, arena.keepsLog)
    (self.recorder, arena.keepsLog) = (nil, false)
    defer { (self.recorder, arena.keepsLog) = (recorder, keepsLog) }
    return try body()
  }

  /// Whether results are wanted later than by the next layer.
  public var isRecorded: Bool { recorder != nil }

  /// Gives back all that `body` takes: memory that no operation's inputs or results live in.
  func temporary(_ body: () -> Void) {
    let mark = arena.mark
    body()
    arena.reset(to: mark)
  }

  /// Gives all memory back for the next pass; results of the last one are gone.
  public func reset() { arena.reset() }
}
