internal import CKernels
internal import Glibc

extension Operations {
  /// A depthwise convolution along each sequence: y[t] = Σⱼ weight[j] · x[t + j − taps / 2], of every column its own, where
  /// steps before the first and behind the last count as zero. Rows of padding become zero.
  ///
  /// - Parameters:
  ///   - x: (sequences.rows, columns).
  ///   - weight: (columns, taps), an odd number of taps.
  ///   - bias: (1, columns); for recognition alone, where batch normalisation was folded into both.
  ///   - sequences: which rows count.
  /// - Returns: (sequences.rows, columns).
  public func depthwise(
    _ x: Matrix, weight: Matrix, bias: Matrix? = nil, _ sequences: PaddedSequences
  ) -> Matrix {
    precondition(x.rows == sequences.rows, "\(x.rows) rows of \(sequences.rows)")
    precondition(recorder == nil || bias == nil, "a bias that was folded cannot be trained")
    precondition(weight.rows == x.columns && weight.columns % 2 == 1, "the weight does not fit \(x.columns) columns")
    let y = matrix(rows: x.rows, columns: x.columns)
    temporary {
      if let bias { kernels.residual_bias(nil, 0, bias.base, y.base, y.rowStride, y.rows, y.columns) }
      slide(transposed(weight), over: x, sequences, backward: false, adding: bias != nil, into: y)
    }
    for sequence in 0..<sequences.batch { clear(y, sequences.padding(of: sequence)) }
    recorder?.record(.depthwise(x: x, weight: weight, sequences: sequences, y: y))
    return y
  }

  /// Through ``depthwise(_:weight:_:)``: dx[s] += Σⱼ weight[j]·dy[s − j + taps / 2], dweight[j] += Σ dy[t]·x[t + j − taps / 2].
  package func depthwiseGradient(
    _ x: Matrix, weight: Matrix, _ sequences: PaddedSequences, dy: Matrix, dx: Matrix?, dweight: Matrix?
  ) {
    let (taps, columns) = (weight.columns, x.columns)
    temporary {
      if let dx { slide(transposed(weight), over: dy, sequences, backward: true, adding: true, into: dx) }
      guard let dweight else { return }
      let sums = matrix(rows: 1, columns: columns)
      for tap in 0..<taps {
        memset(sums.base, 0, columns * MemoryLayout<Float>.stride)
        for sequence in 0..<sequences.batch {
          let (rows, move) = (sequences.rows(of: sequence), tap - taps / 2)
          let (begin, end) = (max(0, -move), min(rows.count, rows.count - move))
          guard begin < end else { continue }
          let first = rows.lowerBound + begin
          kernels.column_products(
            dy.base + first * dy.rowStride, dy.rowStride, nil, x.base + (first + move) * x.rowStride, x.rowStride,
            end - begin, columns, sums.base)
        }
        for column in 0..<columns { dweight.base[column * dweight.rowStride + tap] += sums.base[column] }
      }
    }
  }

  /// One way or the other: a tile is a sequence.
  private func slide(
    _ taps: Matrix, over x: Matrix, _ sequences: PaddedSequences, backward: Bool, adding: Bool, into y: Matrix
  ) {
    sequences.lengths.withUnsafeBufferPointer { lengths in
      guard let lengths = lengths.baseAddress else { return }
      let job = DepthwiseTiles(
        tokens: sequences.tokens, lengths: lengths, count: taps.rows, taps: taps.base,
        backward: backward, adding: adding ? 1 : 0, x: x.base, xStride: x.rowStride, y: y.base, yStride: y.rowStride,
        columns: x.columns,
        kernel: kernels.taps)
      withExtendedLifetime((taps, x, y)) {
        pool.parallel(sequences.batch, job) { job, tile, _ in job.load(as: DepthwiseTiles.self).run(tile) }
      }
    }
  }

  /// (columns, taps) to (taps, columns): what a kernel reads together are neighbours in memory.
  private func transposed(_ weight: Matrix) -> Matrix {
    let y = matrix(rows: weight.columns, columns: weight.rows)
    for row in 0..<y.rows {
      for column in 0..<y.columns {
        y.base[row * y.rowStride + column] = weight.base[column * weight.rowStride + row]
      }
    }
    return y
  }
}

private struct DepthwiseTiles {
  let tokens: Int
  /// Of every sequence.
  let lengths: UnsafePointer<Int>
  let count: Int
  /// (count, columns).
  let taps: UnsafePointer<Float>
  let backward: Bool
  let adding: Int32
  let x: UnsafePointer<Float>
  let xStride: Int
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  let columns: Int
  let kernel:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, Int, Int32, UnsafeMutablePointer<Float>?, Int
    ) -> Void

  func run(_ sequence: Int) {
    let (start, steps) = (sequence * tokens, lengths[sequence])
    // Forward, step t sees the steps from t − before on; backward, the same from the other side.
    let before = backward ? count - 1 - count / 2 : count / 2
    for step in 0..<steps {
      let first = max(0, step - before)
      let last = min(steps - 1, step - before + count - 1)
      let skipped = first - (step - before)
      let tap = backward ? count - 1 - skipped : skipped
      kernel(
        x + (start + first) * xStride, xStride, taps + tap * columns, backward ? -columns : columns, last - first + 1,
        adding, y + (start + step) * yStride, columns)
    }
  }
}
