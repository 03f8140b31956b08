internal import CKernels

/// The way back through ``Operations/linear(_:_:bias:adding:then:into:)``; d… is the derivative of the loss with respect
/// to ….
extension Operations {
  /// dx = dy · weight, or dx += … where `adding`: dy (rows, outputs), weight (outputs, inputs), dx (rows, inputs).
  package func inputGradient(_ dy: Matrix, weight: Matrix, into dx: Matrix, adding: Bool) {
    precondition(dy.columns == weight.rows && dx.rows == dy.rows && dx.columns == weight.columns, "shapes do not fit")
    let job = InputGradientTiles(
      tiling: product.tiling(rows: dx.rows, columns: dx.columns, threads: threads), product: product,
      inner: dy.columns, dy: dy.base, dyStride: dy.rowStride, weight: weight.base, weightStride: weight.rowStride,
      dx: dx.base, dxStride: dx.rowStride, adding: adding)
    withExtendedLifetime((dy, weight, dx)) {
      pool.parallel(job.tiling.count, job) { job, tile, worker in
        job.load(as: InputGradientTiles.self).run(tile, worker)
      }
    }
  }

  /// dweight = dyᵀ · x, or dweight += … where `adding`: dy (rows, outputs), x (rows, inputs), dweight (outputs, inputs).
  package func weightGradient(_ dy: Matrix, _ x: Matrix, into dweight: Matrix, adding: Bool) {
    precondition(
      dy.rows == x.rows && dweight.rows == dy.columns && dweight.columns == x.columns, "shapes do not fit")
    let job = WeightGradientTiles(
      tiling: product.tiling(rows: dweight.rows, columns: dweight.columns, threads: threads),
      product: product, inner: x.rows, dy: dy.base, dyStride: dy.rowStride, x: x.base, xStride: x.rowStride,
      dweight: dweight.base, dweightStride: dweight.rowStride, adding: adding)
    withExtendedLifetime((dy, x, dweight)) {
      pool.parallel(job.tiling.count, job) { job, tile, worker in
        job.load(as: WeightGradientTiles.self).run(tile, worker)
      }
    }
  }

  /// dbias += Σ dy over the rows: dy (rows, outputs), dbias (1, outputs).
  package func biasGradient(_ dy: Matrix, into dbias: Matrix) {
    precondition(dbias.rows == 1 && dbias.columns == dy.columns, "shapes do not fit")
    let job = BiasGradientTiles(
      tiling: .byColumns(dy.columns), rows: dy.rows, dy: dy.base, dyStride: dy.rowStride, dbias: dbias.base,
      kernel: kernels.sum_rows)
    withExtendedLifetime((dy, dbias)) {
      pool.parallel(job.tiling.count, job) { job, tile, _ in job.load(as: BiasGradientTiles.self).run(tile) }
    }
  }

  /// dy, the derivative behind GELU, becomes that before it; `x` is what went into GELU. Both (rows, columns).
  package func geluGradient(_ x: Matrix, inPlace dy: Matrix) {
    precondition(x.rows == dy.rows && x.columns == dy.columns, "shapes do not fit")
    let job = GELUGradientTiles(
      tiling: .byRows(x.rows, columns: x.columns), x: x.base, xStride: x.rowStride, dy: dy.base, dyStride: dy.rowStride,
      kernel: kernels.gelu_backward)
    withExtendedLifetime((x, dy)) {
      pool.parallel(job.tiling.count, job) { job, tile, _ in job.load(as: GELUGradientTiles.self).run(tile) }
    }
  }
}

private struct InputGradientTiles {
  let tiling: Tiling
  let product: ProductKernel
  let inner: Int
  let dy: UnsafePointer<Float>
  let dyStride: Int
  let weight: UnsafePointer<Float>
  let weightStride: Int
  let dx: UnsafeMutablePointer<Float>
  let dxStride: Int
  let adding: Bool

  func run(_ tile: Int, _ worker: Int) {
    let (rows, columns) = (tiling.rowRange(tile), tiling.columnRange(tile))
    product(
      rows.count, columns.count, inner, dy + rows.lowerBound * dyStride, dyStride, weight + columns.lowerBound,
      weightStride, dx + rows.lowerBound * dxStride + columns.lowerBound, dxStride, adding: adding,
      worker: worker)
  }
}

private struct WeightGradientTiles {
  let tiling: Tiling
  let product: ProductKernel
  let inner: Int
  let dy: UnsafePointer<Float>
  let dyStride: Int
  let x: UnsafePointer<Float>
  let xStride: Int
  let dweight: UnsafeMutablePointer<Float>
  let dweightStride: Int
  let adding: Bool

  func run(_ tile: Int, _ worker: Int) {
    let (rows, columns) = (tiling.rowRange(tile), tiling.columnRange(tile))
    product(
      rows.count, columns.count, inner, dy + rows.lowerBound, dyStride, leftTransposed: true, x + columns.lowerBound,
      xStride,
      dweight + rows.lowerBound * dweightStride + columns.lowerBound, dweightStride, adding: adding,
      worker: worker)
  }
}

private struct BiasGradientTiles {
  let tiling: Tiling
  let rows: Int
  let dy: UnsafePointer<Float>
  let dyStride: Int
  let dbias: UnsafeMutablePointer<Float>
  let kernel: @convention(c) (UnsafePointer<Float>?, Int, Int, Int, UnsafeMutablePointer<Float>?) -> Void

  func run(_ tile: Int) {
    let columns = tiling.columnRange(tile)
    kernel(dy + columns.lowerBound, dyStride, rows, columns.count, dbias + columns.lowerBound)
  }
}

private struct GELUGradientTiles {
  let tiling: Tiling
  let x: UnsafePointer<Float>
  let xStride: Int
  let dy: UnsafeMutablePointer<Float>
  let dyStride: Int
  let kernel:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int, Int, Int
    ) -> Void

  func run(_ tile: Int) {
    let rows = tiling.rowRange(tile)
    let dy = dy + rows.lowerBound * dyStride
    kernel(x + rows.lowerBound * xStride, xStride, dy, dyStride, dy, dyStride, rows.count, tiling.columns)
  }
}
