internal import CKernels

extension Operations {
  /// (x − mean) / √(variance + epsilon) · weight + bias for every row; the variance divides by the number of columns.
  ///
  /// - Parameters:
  ///   - x: (rows, columns).
  ///   - weight: (1, columns).
  ///   - bias: (1, columns).
  ///   - epsilon: keeps the root away from zero.
  ///   - y: (rows, columns), memory of the caller; from the arena if nil.
  @discardableResult
  public func layerNorm(_ x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float, into y: Matrix? = nil) -> Matrix {
    precondition(weight.columns == x.columns && bias.columns == x.columns, "the norm does not fit \(x.columns) columns")
    let y = y ?? matrix(rows: x.rows, columns: x.columns)
    precondition(y.rows == x.rows && y.columns == x.columns, "the result is not \(x.rows)×\(x.columns)")
    let tiling = Tiling.byRows(x.rows, columns: x.columns)
    let job = NormTiles(
      tiling: tiling, x: x.base, xStride: x.rowStride, weight: weight.base, bias: bias.base, y: y.base,
      yStride: y.rowStride, epsilon: epsilon, kernel: kernels.layer_norm)
    withExtendedLifetime((x, weight, bias, y)) {
      pool.parallel(tiling.count, job) { job, tile, _ in job.load(as: NormTiles.self).run(tile) }
    }
    recorder?.record(.layerNorm(x: x, weight: weight, bias: bias, epsilon: epsilon, y: y))
    return y
  }

  /// The mean over the tokens of each sequence.
  ///
  /// - Parameters:
  ///   - x: (batch · tokens, columns).
  ///   - batch: the number of sequences.
  ///   - y: (batch, columns), memory of the caller; from the arena if nil.
  @discardableResult
  public func meanOverTokens(_ x: Matrix, batch: Int, into y: Matrix? = nil) -> Matrix {
    precondition(batch > 0 && x.rows % batch == 0 && x.rows > 0, "rows do not divide into \(batch) sequences")
    let y = y ?? matrix(rows: batch, columns: x.columns)
    precondition(y.rows == batch && y.columns == x.columns, "the result is not \(batch)×\(x.columns)")
    let tokens = x.rows / batch
    for sequence in 0..<batch {
      kernels.mean_rows(
        x.base + sequence * tokens * x.rowStride, x.rowStride, tokens, x.columns, y.base + sequence * y.rowStride)
    }
    recorder?.record(.meanOverTokens(x: x, y: y))
    return y
  }

  /// The mean over the rows of each sequence that count: x (sequences.rows, columns) to (sequences.batch, columns).
  public func meanOverTokens(_ x: Matrix, _ sequences: PaddedSequences) -> Matrix {
    precondition(x.rows == sequences.rows, "\(x.rows) rows of \(sequences.rows)")
    let y = matrix(rows: sequences.batch, columns: x.columns)
    for sequence in 0..<sequences.batch {
      let rows = sequences.rows(of: sequence)
      kernels.mean_rows(
        x.base + rows.lowerBound * x.rowStride, x.rowStride, rows.count, x.columns, y.base + sequence * y.rowStride)
    }
    recorder?.record(.meanOverRows(x: x, sequences: sequences, y: y))
    return y
  }

  /// Softmax of every row.
  public func softmax(_ x: Matrix) -> Matrix {
    let y = matrix(rows: x.rows, columns: x.columns)
    kernels.residual_bias(x.base, x.rowStride, nil, y.base, y.rowStride, y.rows, y.columns)
    kernels.softmax(y.base, y.rowStride, y.rows, y.columns, 1)
    recorder?.record(.softmax(x: x, y: y))
    return y
  }

  /// Σᵢ weights[i] · terms[i]: the terms' shape is the result's.
  ///
  /// - Parameters:
  ///   - terms: (count · rows, columns), one term after the other.
  ///   - weights: (1, count).
  ///   - y: (rows, columns), memory of the caller; from the arena if nil.
  @discardableResult
  public func weightedSum(_ terms: Matrix, weights: Matrix, into y: Matrix? = nil) -> Matrix {
    precondition(weights.rows == 1 && weights.columns > 0 && terms.rows % weights.columns == 0, "terms and weights")
    let rows = terms.rows / weights.columns
    let y = y ?? matrix(rows: rows, columns: terms.columns)
    precondition(y.rows == rows && y.columns == terms.columns, "the result is not \(rows)×\(terms.columns)")
    for row in 0..<rows {
      let result = y.base + row * y.rowStride
      kernels.residual_bias(nil, 0, nil, result, y.rowStride, 1, y.columns)
      for term in 0..<weights.columns {
        kernels.accumulate(
          result, terms.base + (term * rows + row) * terms.rowStride, weights[0, term], terms.columns)
      }
    }
    recorder?.record(.weightedSum(terms: terms, weights: weights, y: y))
    return y
  }

  /// A copy in the arena that no gradient passes.
  public func detached(_ x: Matrix) -> Matrix {
    let y = matrix(rows: x.rows, columns: x.columns)
    kernels.residual_bias(x.base, x.rowStride, nil, y.base, y.rowStride, y.rows, y.columns)
    return y
  }

  /// A copy in the arena, rows packed.
  public func copy(_ x: Matrix) -> Matrix {
    let y = matrix(rows: x.rows, columns: x.columns)
    copy(x, into: y)
    return y
  }

  /// y = x, or zeros where x is nil: parts of a bias for a product that serves several uses at once.
  public func copy(_ x: Matrix?, into y: Matrix) {
    precondition(x.map { $0.rows == y.rows && $0.columns == y.columns } ?? true, "a copy of another shape")
    kernels.residual_bias(x?.base, x?.rowStride ?? 0, nil, y.base, y.rowStride, y.rows, y.columns)
    if let x { recorder?.record(.copy(x: x, y: y)) }
  }
}

private struct NormTiles {
  let tiling: Tiling
  let x: UnsafePointer<Float>
  let xStride: Int
  let weight, bias: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  let epsilon: Float
  let kernel:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int,
      Int, Float
    ) -> Void

  func run(_ tile: Int) {
    let rows = tiling.rowRange(tile)
    kernel(
      x + rows.lowerBound * xStride, xStride, weight, bias, y + rows.lowerBound * yStride, yStride, rows.count,
      tiling.columns, epsilon)
  }
}
