internal import CKernels

/// Multiplies matrices: with our own kernels where the level has some, with OpenBLAS otherwise.
///
/// We have our own because OpenBLAS chooses its kernels by the processor's name: a processor newer than the library gets
/// the kernels of an old one; and it has none for bf16. Holds plain addresses, so that a tile costs no reference counting;
/// ``Operations`` keeps the memory.
struct ProductKernel {
  private let format: UnsafePointer<ckernels_format>?
  private let scratch: UnsafeMutablePointer<Float>
  private static let scratchCount = ckernels_product_scratch()

  /// Memory that the products of so many threads pack their operands into; none where BLAS has its own.
  static func scratch(_ format: UnsafePointer<ckernels_format>?, threads: Int) -> FloatBuffer {
    FloatBuffer(count: format == nil ? 0 : threads * scratchCount)
  }

  /// - Parameter format: what operands are rounded to; nil for BLAS.
  init(_ format: UnsafePointer<ckernels_format>?, scratch: FloatBuffer) {
    (self.format, self.scratch) = (format, scratch.base)
  }

  /// Whether ``callAsFunction(_:_:_:_:_:leftTransposed:_:_:rightTransposed:_:_:finish:then:worker:)`` has kernels.
  var isOurs: Bool { format != nil }

  /// How a product with `rows`×`columns` results is cut for so many threads.
  func tiling(rows: Int, columns: Int, threads: Int) -> Tiling {
    isOurs ? .shared(rows: rows, columns: columns, threads: threads) : .blas(rows: rows, columns: columns)
  }

  /// c = a · b, or c += a · b where `adding`: a (m, k), b (k, n), c (m, n), strides in values. A transposed operand lies
  /// in memory as (k, m), or (n, k). The C function is `ckernels_multiply`.
  @inline(__always)
  func callAsFunction(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, leftTransposed aTransposed: Bool = false,
    _ b: UnsafePointer<Float>, _ bStride: Int, rightTransposed bTransposed: Bool = false,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, adding: Bool, worker: Int
  ) {
    if isOurs {
      var finish = ckernels_finish()
      if adding { (finish.residual, finish.residual_stride, finish.residual_rows) = (UnsafePointer(c), cStride, m) }
      self(
        m, n, k, a, aStride, leftTransposed: aTransposed, b, bStride, rightTransposed: bTransposed, c, cStride,
        finish: finish, then: nil, worker: worker)
    } else {
      MatrixProduct.blas(
        m, n, k, a, aStride, leftTransposed: aTransposed, b, bStride, rightTransposed: bTransposed, c, cStride,
        adding: adding)
    }
  }

  /// The same with all that `ckernels_multiply` does to the sums; only where ``isOurs``.
  @inline(__always)
  func callAsFunction(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, leftTransposed aTransposed: Bool = false,
    _ b: UnsafePointer<Float>, _ bStride: Int, rightTransposed bTransposed: Bool = false,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, finish: ckernels_finish,
    then: UnsafePointer<ckernels_then>?, worker: Int
  ) {
    withUnsafePointer(to: finish) { finish in
      ckernels_multiply(
        format, m, n, k, a, aStride, aTransposed ? 1 : 0, b, bStride, bTransposed ? 1 : 0, finish, c, cStride, then,
        PackedRowSource.dwords(scratch + worker * Self.scratchCount))
    }
  }
}
