internal import CKernels
internal import Glibc

extension Operations {
  /// The way back through ``attention(_:_:_:batch:heads:)``; adds to dq, dk and dv.
  ///
  /// The weights are computed again, a few queries of one head at a time, from the scores' sums that the forward pass
  /// kept (Dao et al. 2022, FlashAttention, algorithm 4); all weights never exist at once.
  /// - Parameters:
  ///   - logSums: (batch · heads, queries), as recorded.
  ///   - y, dy: (batch · queries, heads · width), the result and its derivative.
  ///   - dq, dk, dv: of the shapes of q, k and v.
  package func attentionGradient(
    _ q: Matrix, _ k: Matrix, _ v: Matrix, batch: Int, heads: Int, logSums: Matrix, y: Matrix, dy: Matrix, dq: Matrix,
    dk: Matrix, dv: Matrix
  ) {
    precondition(dq.rows == q.rows && dk.rows == k.rows && dv.rows == v.rows && dy.rows == q.rows, "rows do not fit")
    precondition(
      [y, dy, dq, dk, dv].allSatisfy { $0.columns == q.columns } && logSums.rows == batch * heads, "columns do not fit")
    let (queries, keys, width) = (q.rows / batch, k.rows / batch, q.columns / heads)
    temporary {
      let atOnce = Tiling.part(of: queries, atMost: AttentionGradientTiles.mostAtOnce)
      let scratch = matrix(rows: threads, columns: atOnce * (2 * keys + width))
      let job = AttentionGradientTiles(
        atOnce: atOnce, product: product, heads: heads, queries: queries, keys: keys, width: width,
        q: View(q), k: View(k), v: View(v), y: View(y), dy: View(dy), dq: View(dq), dk: View(dk), dv: View(dv),
        logSums: View(logSums), scratch: View(scratch), kernel: kernels.attention_backward)
      withExtendedLifetime((q, k, v, logSums, y, dy, dq, dk, dv, scratch)) {
        pool.parallel(batch * heads, job) { job, tile, worker in
          job.load(as: AttentionGradientTiles.self).run(tile, worker)
        }
      }
    }
  }
}

/// A matrix without its owner, so that a tile costs no reference counting.
private struct View {
  let base: UnsafeMutablePointer<Float>
  let stride: Int
  init(_ matrix: Matrix) { (base, stride) = (matrix.base, matrix.rowStride) }

  func at(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> { base + row * stride + column }
}

/// A tile is a head of a sequence: every query adds to all of its keys.
private struct AttentionGradientTiles {
  /// Queries at once: every product packs the keys again, so many; but their scores and the derivatives of these should
  /// fit the second-level cache at 800 keys.
  static let mostAtOnce = 208

  let atOnce: Int
  let product: ProductKernel
  let heads, queries, keys, width: Int
  let q, k, v, y, dy, dq, dk, dv, logSums, scratch: View
  let kernel:
    @convention(c) (
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, Int, UnsafePointer<Float>?, UnsafePointer<Float>?,
      Int, UnsafePointer<Float>?, Int, Int, Int, Int, Float, Float
    ) -> Void

  func run(_ tile: Int, _ worker: Int) {
    let (sequence, column) = (tile / heads, tile % heads * width)
    let firstKey = sequence * keys
    let s = scratch.at(worker, 0)
    let dp = s + atOnce * keys
    let scaledQueries = dp + atOnce * keys
    let scale = 1 / Float(width).squareRoot()
    // Rounded as in the forward pass (see the C header), because the sums are of those scores.
    let toPower = scale * Float(M_LOG2E)
    for start in stride(from: 0, to: queries, by: atOnce) {
      let count = min(atOnce, queries - start)
      let row = sequence * queries + start
      for query in 0..<count {
        let (from, to) = (q.at(row + query, column), scaledQueries + query * width)
        for index in 0..<width { to[index] = from[index] * toPower }
      }
      product(
        count, keys, width, scaledQueries, width, k.at(firstKey, column), k.stride, rightTransposed: true, s, keys,
        adding: false, worker: worker)
      product(
        count, keys, width, dy.at(row, column), dy.stride, v.at(firstKey, column), v.stride, rightTransposed: true, dp,
        keys,
        adding: false, worker: worker)
      kernel(
        s, dp, keys, logSums.at(tile, start), y.at(row, column), y.stride, dy.at(row, column), dy.stride, count, keys,
        width, Float(M_LN2), scale)
      product(
        keys, width, count, s, keys, leftTransposed: true, dy.at(row, column), dy.stride, dv.at(firstKey, column),
        dv.stride,
        adding: true, worker: worker)
      product(
        count, width, keys, dp, keys, k.at(firstKey, column), k.stride, dq.at(row, column), dq.stride, adding: true,
        worker: worker)
      product(
        keys, width, count, dp, keys, leftTransposed: true, q.at(row, column), q.stride, dk.at(firstKey, column),
        dk.stride,
        adding: true, worker: worker)
    }
  }
}
