internal import CKernels
internal import Glibc

/// The ways back through the operations on rows; d… is the derivative of the loss with respect to …. All add to what is
/// there, unless they say otherwise.
extension Operations {
  /// Through ``layerNorm(_:weight:bias:epsilon:into:)``; dx = … instead of += where not `adding`.
  package func layerNormGradient(
    _ x: Matrix, weight: Matrix, epsilon: Float, dy: Matrix, dx: Matrix, adding: Bool, dweight: Matrix, dbias: Matrix
  ) {
    precondition(dy.rows == x.rows && dx.rows == x.rows, "rows do not fit")
    precondition(
      [weight, dy, dx, dweight, dbias].allSatisfy { $0.columns == x.columns }, "columns do not fit")
    temporary {
      // Every tile has its own sums, added in order afterwards, so that threads do not matter.
      let tiling = Tiling.byRows(x.rows, columns: x.columns)
      let sums = matrix(rows: tiling.count, columns: 2 * x.columns)
      let job = NormGradientTiles(
        tiling: tiling, x: x.base, xStride: x.rowStride, weight: weight.base, dy: dy.base, dyStride: dy.rowStride,
        dx: dx.base, dxStride: dx.rowStride, adding: adding ? 1 : 0, sums: sums.base, epsilon: epsilon,
        kernel: kernels.layer_norm_backward)
      withExtendedLifetime((x, weight, dy, dx, sums)) {
        pool.parallel(tiling.count, job) { job, tile, _ in job.load(as: NormGradientTiles.self).run(tile) }
      }
      kernels.sum_rows(sums.base, sums.rowStride, sums.rows, x.columns, dweight.base)
      kernels.sum_rows(sums.base + x.columns, sums.rowStride, sums.rows, x.columns, dbias.base)
    }
  }

  /// y += factor · x, of the same shape.
  package func add(_ x: Matrix, times factor: Float = 1, to y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns, "shapes do not fit")
    for row in 0..<x.rows {
      kernels.accumulate(y.base + row * y.rowStride, x.base + row * x.rowStride, factor, x.columns)
    }
  }

  /// y += x for two runs of values, (1, count) each, shared among the threads.
  package func add(run x: Matrix, to y: Matrix) {
    precondition(x.rows == 1 && y.rows == 1 && x.columns == y.columns, "shapes do not fit")
    let job = SumTiles(count: x.columns, x: x.base, y: y.base, kernel: kernels.accumulate)
    withExtendedLifetime((x, y)) {
      pool.parallel((job.count + SumTiles.chunk - 1) / SumTiles.chunk, job) { job, tile, _ in
        job.load(as: SumTiles.self).run(tile)
      }
    }
  }

  /// Through ``meanOverTokens(_:batch:into:)``: dx (batch · tokens, columns), dy (batch, columns).
  package func meanGradient(_ dy: Matrix, into dx: Matrix) {
    precondition(dx.rows % dy.rows == 0 && dx.columns == dy.columns, "shapes do not fit")
    let tokens = dx.rows / dy.rows
    for row in 0..<dx.rows {
      kernels.accumulate(
        dx.base + row * dx.rowStride, dy.base + row / tokens * dy.rowStride, 1 / Float(tokens), dx.columns)
    }
  }

  /// Through ``meanOverTokens(_:_:)``: dx (sequences.rows, columns), dy (sequences.batch, columns).
  package func meanGradient(_ dy: Matrix, _ sequences: PaddedSequences, into dx: Matrix) {
    precondition(dx.rows == sequences.rows && dy.rows == sequences.batch && dx.columns == dy.columns, "shapes")
    for sequence in 0..<sequences.batch {
      let rows = sequences.rows(of: sequence)
      for row in rows {
        kernels.accumulate(
          dx.base + row * dx.rowStride, dy.base + sequence * dy.rowStride, 1 / Float(rows.count), dx.columns)
      }
    }
  }

  /// Through ``softmax(_:)``: dx += y ∘ (dy − Σ y·dy).
  package func softmaxGradient(_ y: Matrix, dy: Matrix, into dx: Matrix) {
    precondition(dy.rows == y.rows && dx.rows == y.rows && dy.columns == y.columns && dx.columns == y.columns, "shapes")
    for row in 0..<y.rows {
      let mean = (0..<y.columns).reduce(Float(0)) { $0 + y[row, $1] * dy[row, $1] }
      for column in 0..<y.columns { dx[row, column] += y[row, column] * (dy[row, column] - mean) }
    }
  }

  /// Through ``weightedSum(_:weights:into:)``: dterms[i] += weights[i]·dy, dweights[i] += Σ terms[i]·dy.
  package func weightedSumGradient(
    _ terms: Matrix, weights: Matrix, dy: Matrix, dterms: Matrix, dweights: Matrix
  ) {
    for term in 0..<weights.columns {
      add(dy, times: weights[0, term], to: dterms.rows(term * dy.rows..<(term + 1) * dy.rows))
      var sum: Float = 0
      for row in 0..<dy.rows {
        for column in 0..<dy.columns { sum += terms[term * dy.rows + row, column] * dy[row, column] }
      }
      dweights[0, term] += sum
    }
  }

  /// Through ``gather(_:rows:)``: dx[rows[i]] += dy[i].
  package func gatherGradient(_ dy: Matrix, rows: [Int], into dx: Matrix) {
    precondition(rows.count == dy.rows && dx.columns == dy.columns, "shapes do not fit")
    for (index, row) in rows.enumerated() { add(dy.rows(index..<index + 1), to: dx.rows(row..<row + 1)) }
  }

  /// Through ``filled(_:token:positions:rest:)``: either may be nil, if nobody wants it.
  package func filledGradient(_ dy: Matrix, batch: Int, dx: Matrix?, present: Int, dtoken: Matrix?) {
    let tokens = dy.rows / batch
    for sequence in 0..<batch {
      let start = sequence * tokens
      if let dx {
        add(dy.rows(start..<start + present), to: dx.rows(sequence * present..<(sequence + 1) * present))
      }
      if let dtoken {
        kernels.sum_rows(
          dy.base + (start + present) * dy.rowStride, dy.rowStride, tokens - present, dy.columns, dtoken.base)
      }
    }
  }
}

private struct SumTiles {
  /// Values of a tile: enough that waking a thread pays.
  static let chunk = 1 << 16

  let count: Int
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let kernel: @convention(c) (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Float, Int) -> Void

  func run(_ tile: Int) {
    let start = tile * Self.chunk
    kernel(y + start, x + start, 1, min(Self.chunk, count - start))
  }
}

private struct NormGradientTiles {
  let tiling: Tiling
  let x: UnsafePointer<Float>
  let xStride: Int
  let weight: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let dyStride: Int
  let dx: UnsafeMutablePointer<Float>
  let dxStride: Int
  let adding: Int32
  /// For every tile dweight, dbias.
  let sums: UnsafeMutablePointer<Float>
  let epsilon: Float
  let kernel:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int,
      Int32, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int, Float
    ) -> Void

  func run(_ tile: Int) {
    let rows = tiling.rowRange(tile)
    let columns = tiling.columns
    let sums = sums + tile * 2 * columns
    memset(sums, 0, 2 * columns * MemoryLayout<Float>.stride)
    kernel(
      x + rows.lowerBound * xStride, xStride, weight, dy + rows.lowerBound * dyStride, dyStride,
      dx + rows.lowerBound * dxStride, dxStride, adding, sums, sums + columns, rows.count, columns, epsilon)
  }
}
