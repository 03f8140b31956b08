internal import CKernels

extension Operations {
  /// softmax(q·kᵀ / √width) · v for every sequence of the batch and every head, width = columns / heads.
  ///
  /// - Parameters:
  ///   - q: (batch · queries, heads · width); a head's columns are neighbours.
  ///   - k, v: (batch · keys, heads · width).
  /// - Returns: (batch · queries, heads · width). Only a block of one head's weights exists at a time.
  public func attention(_ q: Matrix, _ k: Matrix, _ v: Matrix, batch: Int, heads: Int) -> Matrix {
    precondition(batch > 0 && q.rows % batch == 0 && k.rows % batch == 0, "rows do not divide into \(batch) sequences")
    precondition(heads > 0 && q.columns % heads == 0, "\(q.columns) columns do not divide into \(heads) heads")
    precondition(k.columns == q.columns && v.columns == q.columns && v.rows == k.rows, "q, k and v do not fit")
    let queries = q.rows / batch
    let keys = k.rows / batch
    precondition(keys > 0, "attention to nothing")
    // Scores of half of 800 tokens: smaller blocks make the products slower, larger ones leave the cache.
    let blocks = Tiling.byRows(queries, columns: 1, atMost: 400)
    return scoped(rows: q.rows, columns: q.columns) { y in
      let scores = matrix(rows: threads * blocks.tileRows, columns: keys)
      let job = AttentionTiles(
        blocks: blocks, heads: heads, width: q.columns / heads, keys: keys, q: q.base, qStride: q.rowStride, k: k.base,
        kStride: k.rowStride, v: v.base, vStride: v.rowStride, y: y.base, yStride: y.rowStride, scores: scores.base,
        softmax: kernels.softmax)
      withExtendedLifetime((q, k, v, y, scores)) {
        pool.parallel(batch * heads * blocks.count, job) { job, tile, worker in
          job.load(as: AttentionTiles.self).run(tile, worker)
        }
      }
    }
  }
}

private struct AttentionTiles {
  let blocks: Tiling
  let heads, width, keys: Int
  let q: UnsafePointer<Float>
  let qStride: Int
  let k: UnsafePointer<Float>
  let kStride: Int
  let v: UnsafePointer<Float>
  let vStride: Int
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  /// A block of rows for every worker.
  let scores: UnsafeMutablePointer<Float>
  let softmax: @convention(c) (UnsafeMutablePointer<Float>?, Int, Int, Int, Float) -> Void

  func run(_ tile: Int, _ worker: Int) {
    let rows = blocks.rowRange(tile % blocks.count)
    let head = tile / blocks.count % heads
    let sequence = tile / blocks.count / heads
    let column = head * width
    let query = sequence * blocks.rows + rows.lowerBound
    let key = sequence * keys
    let scores = scores + worker * blocks.tileRows * keys
    MatrixProduct.transposed(
      rows.count, keys, width, q + query * qStride + column, qStride, k + key * kStride + column, kStride, scores, keys,
      adding: false)
    softmax(scores, keys, rows.count, keys, 1 / Float(width).squareRoot())
    MatrixProduct.plain(
      rows.count, width, keys, scores, keys, v + key * vStride + column, vStride, y + query * yStride + column, yStride)
  }
}
