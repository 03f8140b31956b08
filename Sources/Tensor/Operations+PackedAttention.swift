internal import CKernels

extension Operations {
  /// ``attention(_:_:_:batch:heads:)`` on operands that are rounded and packed as `format` says.
  func packedAttention(
    _ q: Matrix, _ k: Matrix, _ v: Matrix, batch: Int, heads: Int, logSums: Matrix?,
    _ format: UnsafePointer<ckernels_format>
  ) -> Matrix {
    let (queries, keys, width) = (q.rows / batch, k.rows / batch, q.columns / heads)
    let y = matrix(rows: q.rows, columns: q.columns)
    temporary {
      let kernels = format.pointee
      /// In whole cache lines.
      func memory(_ rows: Int, _ dwords: Int) -> Matrix { matrix(rows: rows, columns: (dwords + 15) / 16 * 16) }
      let packedKeys = memory(batch * heads, kernels.keys_dwords(keys, width))
      let packedValues = memory(batch * heads, kernels.values_dwords(keys, width))
      let scratch = memory(threads, kernels.attention_dwords(keys, width))
      let job = PackedAttentionTiles(
        heads: heads, keys: keys, width: width, blocks: .attention(queries: queries, atOnce: Int(kernels.rows)),
        q: q.base, qStride: q.rowStride, k: k.base, kStride: k.rowStride, v: v.base, vStride: v.rowStride, y: y.base,
        yStride: y.rowStride, packedKeys: packedKeys.base, keysStride: packedKeys.rowStride,
        packedValues: packedValues.base, valuesStride: packedValues.rowStride, scratch: scratch.base,
        scratchStride: scratch.rowStride, logSums: logSums?.base, format: format)
      withExtendedLifetime((q, k, v, y, logSums, packedKeys, packedValues, scratch)) {
        pool.parallel(batch * heads, job) { job, tile, _ in job.load(as: PackedAttentionTiles.self).pack(tile) }
        pool.parallel(batch * heads * job.blocks.count, job) { job, tile, worker in
          job.load(as: PackedAttentionTiles.self).run(tile, worker)
        }
      }
    }
    return y
  }
}

private struct PackedAttentionTiles {
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
  let format: UnsafePointer<ckernels_format>

  /// `head` counts through all sequences.
  func pack(_ head: Int) {
    let (row, column) = (head / heads * keys, head % heads * width)
    format.pointee.pack_keys(
      k + row * kStride + column, kStride, keys, width, PackedRowSource.dwords(packedKeys + head * keysStride))
    format.pointee.pack_values(
      v + row * vStride + column, vStride, keys, width, PackedRowSource.dwords(packedValues + head * valuesStride))
  }

  func run(_ tile: Int, _ worker: Int) {
    let rows = blocks.rowRange(tile % blocks.count)
    let head = tile / blocks.count
    let row = head / heads * blocks.rows + rows.lowerBound
    let column = head % heads * width
    format.pointee.attention(
      q + row * qStride + column, qStride, PackedRowSource.dwords(packedKeys + head * keysStride),
      PackedRowSource.dwords(packedValues + head * valuesStride), y + row * yStride + column, yStride, rows.count, keys,
      width, 1 / Float(width).squareRoot(), logSums.map { $0 + head * blocks.rows + rows.lowerBound },
      PackedRowSource.dwords(scratch + worker * scratchStride))
  }
}
