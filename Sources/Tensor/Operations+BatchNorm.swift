internal import CKernels
internal import Glibc

/// What batch normalisation found in a batch.
public struct BatchMoments: Sendable {
  /// (1, columns) each; the variance divides by ``count``.
  public let mean, variance: Matrix
  /// Rows that were looked at.
  public let count: Int
}

extension Operations {
  /// Normalises every column by its mean and variance over the rows that count, then scales and shifts it (Ioffe and
  /// Szegedy 2015, algorithm 1). Rows of padding become zero.
  ///
  /// - Parameters:
  ///   - x: (sequences.rows, columns).
  ///   - weight: (1, columns).
  ///   - bias: (1, columns).
  ///   - epsilon: keeps the root away from zero.
  ///   - sequences: which rows count.
  /// - Returns: (rows, columns), and what running means are made of.
  public func batchNorm(
    _ x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float, _ sequences: PaddedSequences
  ) -> (y: Matrix, moments: BatchMoments) {
    precondition(x.rows == sequences.rows, "\(x.rows) rows of \(sequences.rows)")
    precondition(weight.columns == x.columns && bias.columns == x.columns, "the norm does not fit \(x.columns) columns")
    let (columns, count) = (x.columns, Float(sequences.count))
    let y = matrix(rows: x.rows, columns: columns)
    let (mean, variance) = (matrix(rows: 1, columns: columns), matrix(rows: 1, columns: columns))
    columnProducts(nil, mean: nil, x, sequences, into: mean)
    for column in 0..<columns { mean.base[column] /= count }
    columnProducts(x, mean: mean, nil, sequences, into: variance)
    for column in 0..<columns { variance.base[column] /= count }
    temporary {
      let (scale, shift) = (matrix(rows: 1, columns: columns), matrix(rows: 1, columns: columns))
      for column in 0..<columns {
        scale.base[column] = weight.base[column] / (variance.base[column] + epsilon).squareRoot()
        shift.base[column] = bias.base[column] - mean.base[column] * scale.base[column]
      }
      scaleShift(x, scale: scale, shift: shift, sequences, into: y)
    }
    recorder?.record(
      .batchNorm(
        x: x, weight: weight, bias: bias, epsilon: epsilon, sequences: sequences, mean: mean, variance: variance, y: y))
    return (y, BatchMoments(mean: mean, variance: variance, count: sequences.count))
  }

  /// x · scale + shift, of every column its own: batch normalisation by running moments. Rows of padding become zero. Not
  /// recorded.
  ///
  /// - Parameters:
  ///   - x: (sequences.rows, columns).
  ///   - scale: (1, columns).
  ///   - shift: (1, columns).
  ///   - sequences: which rows count.
  public func scaleShift(_ x: Matrix, scale: Matrix, shift: Matrix, _ sequences: PaddedSequences) -> Matrix {
    precondition(recorder == nil, "running moments cannot be trained with")
    precondition(x.rows == sequences.rows && scale.columns == x.columns && shift.columns == x.columns, "shapes")
    let y = matrix(rows: x.rows, columns: x.columns)
    scaleShift(x, scale: scale, shift: shift, sequences, into: y)
    return y
  }

  private func scaleShift(
    _ x: Matrix, scale: Matrix, shift: Matrix, _ sequences: PaddedSequences, into y: Matrix
  ) {
    for sequence in 0..<sequences.batch {
      let rows = sequences.rows(of: sequence)
      kernels.scale_shift(
        x.base + rows.lowerBound * x.rowStride, x.rowStride, scale.base, shift.base,
        y.base + rows.lowerBound * y.rowStride, y.rowStride, rows.count, x.columns)
      clear(y, sequences.padding(of: sequence))
    }
  }

  func clear(_ y: Matrix, _ rows: Range<Int>) {
    for row in rows { memset(y.base + row * y.rowStride, 0, y.columns * MemoryLayout<Float>.stride) }
  }

  /// Σ (x − mean)·y over the rows that count, (1, columns); a mean of nil counts as zero, an x of nil as one, a y of nil
  /// as x − mean. A few rows at a time, whose sums are added in order: so the sum does not grow too large for its terms.
  private func columnProducts(
    _ x: Matrix?, mean: Matrix?, _ y: Matrix?, _ sequences: PaddedSequences, into sums: Matrix
  ) {
    guard let whole = x ?? y else { preconditionFailure("a sum of nothing") }
    let columns = whole.columns
    memset(sums.base, 0, columns * MemoryLayout<Float>.stride)
    temporary {
      let part = matrix(rows: 1, columns: columns)
      for sequence in 0..<sequences.batch {
        let rows = sequences.rows(of: sequence)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 128) {
          let count = min(128, rows.upperBound - start)
          memset(part.base, 0, columns * MemoryLayout<Float>.stride)
          if let x {
            kernels.column_products(
              x.base + start * x.rowStride, x.rowStride, mean?.base, y.map { $0.base + start * $0.rowStride },
              y?.rowStride ?? 0, count, columns, part.base)
          } else if let y {
            kernels.sum_rows(y.base + start * y.rowStride, y.rowStride, count, columns, part.base)
          }
          kernels.accumulate(sums.base, part.base, 1, columns)
        }
      }
    }
  }

  /// Through ``batchNorm(_:weight:bias:epsilon:_:)``, whose mean and variance follow x: with n = (x − mean)·r,
  /// r = 1 / √(variance + epsilon), and means over the rows that count,
  /// dx += weight·r·(dy − mean(dy) − n·mean(dy·n)), dweight += Σ dy·n, dbias += Σ dy.
  package func batchNormGradient(
    _ x: Matrix, weight: Matrix, epsilon: Float, _ sequences: PaddedSequences, mean: Matrix, variance: Matrix,
    dy: Matrix, dx: Matrix?, dweight: Matrix?, dbias: Matrix?
  ) {
    let (columns, count) = (x.columns, Float(sequences.count))
    temporary {
      let table = matrix(rows: 5, columns: columns)
      let (sums, products) = (table.rows(0..<1), table.rows(1..<2))
      let (slope, bend, shift) = (table.rows(2..<3), table.rows(3..<4), table.rows(4..<5))
      columnProducts(nil, mean: nil, dy, sequences, into: sums)
      columnProducts(x, mean: mean, dy, sequences, into: products)
      for column in 0..<columns {
        let r = 1 / (variance.base[column] + epsilon).squareRoot()
        slope.base[column] = weight.base[column] * r
        bend.base[column] = -slope.base[column] * products.base[column] * r * r / count
        shift.base[column] = -slope.base[column] * sums.base[column] / count
        if let dweight { dweight.base[column] += products.base[column] * r }
        if let dbias { dbias.base[column] += sums.base[column] }
      }
      guard let dx else { return }
      for sequence in 0..<sequences.batch {
        let rows = sequences.rows(of: sequence)
        kernels.batch_norm_backward(
          x.base + rows.lowerBound * x.rowStride, x.rowStride, mean.base, dy.base + rows.lowerBound * dy.rowStride,
          dy.rowStride, slope.base, bend.base, shift.base, dx.base + rows.lowerBound * dx.rowStride, dx.rowStride,
          rows.count, columns)
      }
    }
  }
}
