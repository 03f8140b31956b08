internal import CKernels

extension Operations {
  /// x·σ(x) of every value, σ(x) = 1 / (1 + e^(−x)): (rows, columns) to the same shape.
  public func swish(_ x: Matrix) -> Matrix {
    let y = rowwise(x, columns: x.columns, kernels.swish)
    recorder?.record(.swish(x: x, y: y))
    return y
  }

  /// A gated linear unit: the left half of every row times σ(the right half). (rows, 2 · columns) to (rows, columns).
  public func gate(_ x: Matrix) -> Matrix {
    precondition(x.columns % 2 == 0, "\(x.columns) columns have no halves")
    let y = rowwise(x, columns: x.columns / 2, kernels.gate)
    recorder?.record(.gate(x: x, y: y))
    return y
  }

  /// max(0, x) of every value: (rows, columns) to the same shape.
  public func relu(_ x: Matrix) -> Matrix {
    let y = rowwise(x, columns: x.columns, kernels.relu)
    recorder?.record(.relu(x: x, y: y))
    return y
  }

  private func rowwise(_ x: Matrix, columns: Int, _ kernel: @escaping RowTiles.Kernel) -> Matrix {
    let y = matrix(rows: x.rows, columns: columns)
    let job = RowTiles(
      tiling: .byRows(x.rows, columns: columns), x: x.base, xStride: x.rowStride, y: y.base, yStride: y.rowStride,
      kernel: kernel)
    withExtendedLifetime((x, y)) {
      pool.parallel(job.tiling.count, job) { job, tile, _ in job.load(as: RowTiles.self).run(tile) }
    }
    return y
  }
}

/// The ways back; all add to dx.
extension Operations {
  /// Through ``swish(_:)``.
  package func swishGradient(_ x: Matrix, dy: Matrix, into dx: Matrix) {
    rowwiseGradient(x, dy, dx, kernels.swish_backward)
  }

  /// Through ``gate(_:)``: x and dx have twice the columns of dy.
  package func gateGradient(_ x: Matrix, dy: Matrix, into dx: Matrix) {
    rowwiseGradient(x, dy, dx, kernels.gate_backward)
  }

  /// Through ``relu(_:)``, from its result.
  package func reluGradient(_ y: Matrix, dy: Matrix, into dx: Matrix) {
    rowwiseGradient(y, dy, dx, kernels.relu_backward)
  }

  private func rowwiseGradient(
    _ x: Matrix, _ dy: Matrix, _ dx: Matrix, _ kernel: @escaping RowGradientTiles.Kernel
  ) {
    precondition(dy.rows == x.rows && dx.rows == x.rows && dx.columns == x.columns, "shapes do not fit")
    let job = RowGradientTiles(
      tiling: .byRows(dy.rows, columns: dy.columns), x: x.base, xStride: x.rowStride, dy: dy.base,
      dyStride: dy.rowStride, dx: dx.base, dxStride: dx.rowStride, kernel: kernel)
    withExtendedLifetime((x, dy, dx)) {
      pool.parallel(job.tiling.count, job) { job, tile, _ in job.load(as: RowGradientTiles.self).run(tile) }
    }
  }
}

private struct RowTiles {
  typealias Kernel =
    @convention(c) (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int, Int, Int) -> Void

  /// Of the result.
  let tiling: Tiling
  let x: UnsafePointer<Float>
  let xStride: Int
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  let kernel: Kernel

  func run(_ tile: Int) {
    let rows = tiling.rowRange(tile)
    kernel(
      x + rows.lowerBound * xStride, xStride, y + rows.lowerBound * yStride, yStride, rows.count, tiling.columns)
  }
}

private struct RowGradientTiles {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int, Int, Int
    ) -> Void

  /// Of the result's derivative.
  let tiling: Tiling
  let x: UnsafePointer<Float>
  let xStride: Int
  let dy: UnsafePointer<Float>
  let dyStride: Int
  let dx: UnsafeMutablePointer<Float>
  let dxStride: Int
  let kernel: Kernel

  func run(_ tile: Int) {
    let rows = tiling.rowRange(tile)
    kernel(
      x + rows.lowerBound * xStride, xStride, dy + rows.lowerBound * dyStride, dyStride,
      dx + rows.lowerBound * dxStride, dxStride, rows.count, tiling.columns)
  }
}
