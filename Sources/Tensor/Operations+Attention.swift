internal import CKernels

extension Operations {
  /// softmax(q·kᵀ / √width) · v for every sequence of the batch and every head, width = columns / heads.
  ///
  /// - Parameters:
  ///   - q: (batch · queries, heads · width); a head's columns are neighbours.
  ///   - k, v: (batch · keys, heads · width).
  /// - Returns: (batch · queries, heads · width). Only a few rows of one head's weights exist at a time.
  public func attention(_ q: Matrix, _ k: Matrix, _ v: Matrix, batch: Int, heads: Int) -> Matrix {
    precondition(batch > 0 && q.rows % batch == 0 && k.rows % batch == 0, "rows do not divide into \(batch) sequences")
    precondition(heads > 0 && q.columns % heads == 0, "\(q.columns) columns do not divide into \(heads) heads")
    precondition(k.columns == q.columns && v.columns == q.columns && v.rows == k.rows, "q, k and v do not fit")
    let (queries, keys, width) = (q.rows / batch, k.rows / batch, q.columns / heads)
    precondition(keys > 0, "attention to nothing")
    if let format = attentionFormat, recorder == nil {
      return packedAttention(q, k, v, batch: batch, heads: heads, format)
    }
    let panel = Int(kernels.attention_panel)
    func whole(_ count: Int) -> Int { (count + panel - 1) / panel * panel }
    let y = matrix(rows: q.rows, columns: q.columns)
    let logSums = recorder.map { _ in matrix(rows: batch * heads, columns: queries) }
    temporary {
      // Every head's keys and values are packed once, for all blocks of queries.
      let packedKeys = matrix(rows: batch * heads, columns: whole(keys) * width)
      let packedValues = matrix(rows: batch * heads, columns: whole(width) * keys)
      let scratch = matrix(rows: threads, columns: Int(kernels.attention_rows) * (whole(width) + whole(keys)))
      let job = AttentionTiles(
        heads: heads, keys: keys, width: width, panel: panel,
        blocks: .attention(queries: queries, atOnce: Int(kernels.attention_rows)), q: q.base, qStride: q.rowStride,
        k: k.base, kStride: k.rowStride, v: v.base, vStride: v.rowStride, y: y.base, yStride: y.rowStride,
        packedKeys: packedKeys.base, keysStride: packedKeys.rowStride, packedValues: packedValues.base,
        valuesStride: packedValues.rowStride, scratch: scratch.base, scratchStride: scratch.rowStride,
        logSums: logSums?.base, kernel: kernels.attention)
      withExtendedLifetime((q, k, v, y, logSums, packedKeys, packedValues, scratch)) {
        pool.parallel(batch * heads, job) { job, tile, _ in job.load(as: AttentionTiles.self).pack(tile) }
        pool.parallel(batch * heads * job.blocks.count, job) { job, tile, worker in
          job.load(as: AttentionTiles.self).run(tile, worker)
        }
      }
    }
    if let recorder, let logSums {
      recorder.record(.attention(q: q, k: k, v: v, batch: batch, heads: heads, logSums: logSums, y: y))
    }
    return y
  }
}

private struct AttentionTiles {
  let heads, keys, width, panel: Int
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
  /// A row for every head of every sequence.
  let packedKeys: UnsafeMutablePointer<Float>
  let keysStride: Int
  let packedValues: UnsafeMutablePointer<Float>
  let valuesStride: Int
  /// A row for every worker.
  let scratch: UnsafeMutablePointer<Float>
  let scratchStride: Int
  /// A row of queries for every head of every sequence, or nil.
  let logSums: UnsafeMutablePointer<Float>?
  let kernel:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int,
      Int, Int, Float, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
    ) -> Void

  /// `head` counts through all sequences.
  func pack(_ head: Int) {
    let (row, column) = (head / heads * keys, head % heads * width)
    ckernels_pack_transposed(k + row * kStride + column, kStride, keys, width, panel, packedKeys + head * keysStride)
    ckernels_pack(v + row * vStride + column, vStride, keys, width, panel, packedValues + head * valuesStride)
  }

  func run(_ tile: Int, _ worker: Int) {
    let rows = blocks.rowRange(tile % blocks.count)
    let head = tile / blocks.count
    let row = head / heads * blocks.rows + rows.lowerBound
    let column = head % heads * width
    kernel(
      q + row * qStride + column, qStride, packedKeys + head * keysStride, packedValues + head * valuesStride,
      y + row * yStride + column, yStride, rows.count, keys, width, 1 / Float(width).squareRoot(),
      logSums.map { $0 + head * blocks.rows + rows.lowerBound }, scratch + worker * scratchStride)
  }
}
