internal import CKernels

extension Operations {
  /// softmax(q·kᵀ / √width) · v for every sequence of the batch and every head, width = columns / heads.
  ///
  /// - Parameters:
  ///   - q: (batch · queries, heads · width); a head's columns are neighbours.
  ///   - k: (batch · keys, heads · width).
  ///   - v: (batch · keys, heads · width).
  ///   - batch: the number of sequences.
  ///   - heads: the number of heads.
  /// - Returns: (batch · queries, heads · width). Only a few rows of one head's weights exist at a time.
  public func attention(_ q: Matrix, _ k: Matrix, _ v: Matrix, batch: Int, heads: Int) -> Matrix {
    precondition(batch > 0 && q.rows % batch == 0 && k.rows % batch == 0, "rows do not divide into \(batch) sequences")
    precondition(heads > 0 && q.columns % heads == 0, "\(q.columns) columns do not divide into \(heads) heads")
    precondition(k.columns == q.columns && v.columns == q.columns && v.rows == k.rows, "q, k and v do not fit")
    let (queries, keys) = (q.rows / batch, k.rows / batch)
    precondition(keys > 0, "attention to nothing")
    let logSums = recorder.map { _ in matrix(rows: batch * heads, columns: queries) }
    let y: Matrix
    if let format = attentionFormat {
      y = packedAttention(q, k, v, batch: batch, heads: heads, logSums: logSums, format)
    } else {
      y = plainAttention(q, k, v, batch: batch, heads: heads, logSums: logSums)
    }
    if let recorder, let logSums {
      recorder.record(.attention(q: q, k: k, v: v, batch: batch, heads: heads, logSums: logSums, y: y))
    }
    return y
  }

  private func plainAttention(
    _ q: Matrix, _ k: Matrix, _ v: Matrix, batch: Int, heads: Int, logSums: Matrix?
  ) -> Matrix {
    let (queries, keys) = (q.rows / batch, k.rows / batch)
    let y = matrix(rows: q.rows, columns: q.columns)
    temporary {
      let scratch = matrix(rows: threads, columns: keys)
      let job = AttentionTiles(
        heads: heads, keys: keys, width: q.columns / heads, blocks: .attention(queries: queries, atOnce: 1), q: q.base,
        qStride: q.rowStride, k: k.base, kStride: k.rowStride, v: v.base, vStride: v.rowStride, y: y.base,
        yStride: y.rowStride, scratch: scratch.base, scratchStride: scratch.rowStride, logSums: logSums?.base)
      withExtendedLifetime((q, k, v, y, logSums, scratch)) {
        pool.parallel(batch * heads * job.blocks.count, job) { job, tile, worker in
          job.load(as: AttentionTiles.self).run(tile, worker)
        }
      }
    }
    return y
  }
}

private struct AttentionTiles {
  let heads, keys, width: Int
  /// Of one sequence's queries.
  let blocks: Tiling
  let q: UnsafePointer<Float>
  let qStride: Int
  let k: UnsafePointer<Float>
  let kStride: Int
  let v: UnsafePointer<Float>
  let vStride: Int
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  /// A row for every worker.
  let scratch: UnsafeMutablePointer<Float>
  let scratchStride: Int
  /// A row of queries for every head of every sequence, or nil.
  let logSums: UnsafeMutablePointer<Float>?

  func run(_ tile: Int, _ worker: Int) {
    let rows = blocks.rowRange(tile % blocks.count)
    // Counts through all sequences.
    let head = tile / blocks.count
    let (query, key) = (head / heads * blocks.rows + rows.lowerBound, head / heads * keys)
    let column = head % heads * width
    ckernels_attention(
      q + query * qStride + column, qStride, k + key * kStride + column, kStride, v + key * vStride + column, vStride,
      y + query * yStride + column, yStride, rows.count, keys, width, 1 / Float(width).squareRoot(),
      logSums.map { $0 + head * blocks.rows + rows.lowerBound }, scratch + worker * scratchStride)
  }
}
