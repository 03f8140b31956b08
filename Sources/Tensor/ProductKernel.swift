internal import CKernels

/// Who multiplies matrices: our own kernel where the level has one, OpenBLAS otherwise.
///
/// Our own, because OpenBLAS chooses its kernels by the processor's name: one newer than the library gets those of an
/// old one. Plain addresses, so that a tile costs no reference counting; ``Operations`` keeps the memory.
struct ProductKernel {
  private let table: UnsafePointer<ckernels_table>?
  private let scratch: UnsafeMutablePointer<Float>
  private static let scratchCount = ckernels_product_scratch()

  /// Memory that the products of so many threads pack their operands into; none where BLAS has its own.
  static func scratch(_ table: UnsafePointer<ckernels_table>, threads: Int) -> FloatBuffer {
    FloatBuffer(count: table.pointee.product == nil ? 0 : threads * scratchCount)
  }

  init(_ table: UnsafePointer<ckernels_table>, scratch: FloatBuffer) {
    self.table = table.pointee.product == nil ? nil : table
    self.scratch = scratch.base
  }

  /// c = a · b, or c += a · b where `adding`: a (m, k), b (k, n), c (m, n), strides in values. A transposed operand lies
  /// in memory as (k, m), or (n, k). The C function is `ckernels_multiply`.
  @inline(__always)
  func callAsFunction(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, leftTransposed aTransposed: Bool = false,
    _ b: UnsafePointer<Float>, _ bStride: Int, rightTransposed bTransposed: Bool = false,
    _ c: UnsafeMutablePointer<Float>,
    _ cStride: Int, adding: Bool, worker: Int
  ) {
    if let table {
      ckernels_multiply(
        table, m, n, k, a, aStride, aTransposed ? 1 : 0, b, bStride, bTransposed ? 1 : 0, c, cStride, adding ? 1 : 0,
        scratch + worker * Self.scratchCount)
    } else {
      MatrixProduct.blas(
        m, n, k, a, aStride, leftTransposed: aTransposed, b, bStride, rightTransposed: bTransposed, c, cStride,
        adding: adding)
    }
  }
}
