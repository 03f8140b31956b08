internal import COpenBLAS
internal import Glibc

/// Matrix products by OpenBLAS, for levels without a kernel of ours. The only file that knows it.
package enum MatrixProduct {
  /// OpenBLAS's own threads are turned off once, for the process: our pool owns the threads, and two pools would fight.
  /// It is the library's state, not ours, so there is nothing to pass in. The C function is `openblas_set_num_threads`.
  private static let single: Void = openblas_set_num_threads(1)

  /// Call before the first product of a thread pool; cheap.
  package static func prepare() { _ = single }

  /// By BLAS; see ``ProductKernel/callAsFunction(_:_:_:_:_:leftTransposed:_:_:rightTransposed:_:_:adding:worker:)``. The C
  /// function is `cblas_sgemm`.
  @inline(__always)
  static func blas(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, leftTransposed aTransposed: Bool = false,
    _ b: UnsafePointer<Float>, _ bStride: Int, rightTransposed bTransposed: Bool = false,
    _ c: UnsafeMutablePointer<Float>,
    _ cStride: Int, adding: Bool
  ) {
    cblas_sgemm(
      CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans, blasint(m),
      blasint(n), blasint(k), 1, a, blasint(aStride), b, blasint(bStride), adding ? 1 : 0, c, blasint(cStride))
  }

  /// What `mien bench` compares with: one `cblas_sgemm` of 800×2048×512 on one thread, the largest product of the base
  /// model.
  package struct Yardstick {
    package static let (m, n, k) = (800, 2048, 512)
    package static let flop = 2.0 * Double(m) * Double(n) * Double(k)
    private let a, b, c: FloatBuffer

    package init() {
      MatrixProduct.prepare()
      var generator = SplitMix64(seed: 1)
      a = FloatBuffer((0..<Self.m * Self.k).map { _ in generator.symmetric() })
      b = FloatBuffer((0..<Self.n * Self.k).map { _ in generator.symmetric() })
      c = FloatBuffer(count: Self.m * Self.n)
    }

    /// Seconds that one product takes.
    package func seconds() -> Double {
      let start = monotonicSeconds()
      blas(
        Self.m, Self.n, Self.k, a.base, Self.k, b.base, Self.k, rightTransposed: true, c.base, Self.n, adding: false)
      return monotonicSeconds() - start
    }
  }
}

/// Seconds of CLOCK_MONOTONIC, for measuring. The C function is `clock_gettime`.
package func monotonicSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

/// Seconds of processors that this process has had, all threads together. The C function is `clock_gettime`.
package func processorSecondsSpent() -> Double {
  var spent = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent)
  return Double(spent.tv_sec) + Double(spent.tv_nsec) * 1e-9
}
