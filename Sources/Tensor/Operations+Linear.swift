internal import CKernels

extension Operations {
  /// What follows the sum in ``linear(_:_:bias:adding:then:into:)``.
  public enum Activation: Sendable {
    case none
    /// z·Φ(z), exact.
    case gelu
  }

  /// y = activation(x · weightᵀ + bias + residual).
  ///
  /// - Parameters:
  ///   - x: (rows, inputs).
  ///   - weight: (outputs, inputs), as checkpoints keep it.
  ///   - bias: (1, outputs).
  ///   - residual: (rows, outputs), or fewer rows that are repeated: a table of positions for a batch of sequences.
  ///   - activation: what is done to every sum.
  ///   - y: (rows, outputs), memory of the caller; from the arena if nil.
  @discardableResult
  public func linear(
    _ x: Matrix, _ weight: Matrix, bias: Matrix?, adding residual: Matrix? = nil, then activation: Activation = .none,
    into y: Matrix? = nil
  ) -> Matrix {
    let y = y ?? matrix(rows: x.rows, columns: weight.rows)
    precondition(x.columns == weight.columns, "x has \(x.columns) columns, the weight \(weight.columns)")
    precondition(y.rows == x.rows && y.columns == weight.rows, "the result is not \(x.rows)×\(weight.rows)")
    precondition(bias.map { $0.rows == 1 && $0.columns == weight.rows } ?? true, "the bias does not fit")
    if let residual {
      precondition(residual.columns == weight.rows && residual.rows > 0, "the residual does not fit")
      precondition(x.rows % residual.rows == 0, "the residual's rows do not repeat to \(x.rows)")
    }
    // The gradient of GELU needs the input of GELU.
    let preactivation =
      recorder == nil || activation == .none ? nil : matrix(rows: y.rows, columns: y.columns)
    let tiling = product.tiling(rows: x.rows, columns: weight.rows, threads: threads)
    let job = LinearTiles(
      tiling: tiling, product: product, inner: x.columns, x: x.base, xStride: x.rowStride, weight: weight.base,
      weightStride: weight.rowStride, bias: bias?.base, residual: residual?.base,
      residualStride: residual?.rowStride ?? 0, residualRows: residual?.rows ?? 1, sum: (preactivation ?? y).base,
      sumStride: (preactivation ?? y).rowStride, gelu: activation == .gelu, y: y.base, yStride: y.rowStride,
      residualBias: kernels.residual_bias, geluRows: kernels.gelu)
    // The views live in this frame until the tiles are done, so the job's addresses stay valid.
    withExtendedLifetime((x, weight, bias, residual, preactivation, y)) {
      pool.parallel(tiling.count, job) { job, tile, worker in
        job.load(as: LinearTiles.self).run(tile, worker)
      }
    }
    recorder?.record(
      .linear(x: x, weight: weight, bias: bias, residual: residual, preactivation: preactivation, y: y))
    return y
  }
}

/// One product's addresses; plain values, so that a tile costs no reference counting.
private struct LinearTiles {
  let tiling: Tiling
  let product: ProductKernel
  let inner: Int
  let x: UnsafePointer<Float>
  let xStride: Int
  let weight: UnsafePointer<Float>
  let weightStride: Int
  let bias: UnsafePointer<Float>?
  let residual: UnsafePointer<Float>?
  let residualStride, residualRows: Int
  /// Where the input of GELU is kept: y where nobody needs it later.
  let sum: UnsafeMutablePointer<Float>
  let sumStride: Int
  let gelu: Bool
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  let residualBias:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int, Int
    ) -> Void
  let geluRows: @convention(c) (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int, Int, Int) -> Void

  func run(_ tile: Int, _ worker: Int) {
    let (rows, columns) = (tiling.rowRange(tile), tiling.columnRange(tile))
    if product.isOurs { ours(rows, columns, worker) } else { blas(rows, columns, worker) }
  }

  /// What the callback of a product needs: a part's place is counted from the tile's.
  private struct Part {
    let tiles: LinearTiles
    let row, column: Int
  }

  private func ours(_ rows: Range<Int>, _ columns: Range<Int>, _ worker: Int) {
    let finish = ckernels_finish(
      bias: bias.map { $0 + columns.lowerBound }, gelu: 0, residual: residual.map { $0 + columns.lowerBound },
      residual_stride: residualStride, residual_rows: residualRows, residual_row: rows.lowerBound)
    let multiply = { (then: UnsafePointer<ckernels_then>?) in
      product(
        rows.count, columns.count, inner, x + rows.lowerBound * xStride, xStride,
        weight + columns.lowerBound * weightStride, weightStride, rightTransposed: true,
        sum + rows.lowerBound * sumStride + columns.lowerBound, sumStride, finish: finish, then: then, worker: worker)
    }
    guard gelu else { return multiply(nil) }
    var part = Part(tiles: self, row: rows.lowerBound, column: columns.lowerBound)
    withUnsafeMutablePointer(to: &part) { part in
      var then = ckernels_then(
        call: { context, row, rows, column, columns in
          guard let part = context?.load(as: Part.self) else { return }
          part.tiles.activate(part.row + row, rows, part.column + column, columns)
        }, context: part)
      multiply(&then)
    }
  }

  private func activate(_ row: Int, _ rows: Int, _ column: Int, _ columns: Int) {
    geluRows(sum + row * sumStride + column, sumStride, y + row * yStride + column, yStride, rows, columns)
  }

  private func blas(_ rows: Range<Int>, _ columns: Range<Int>, _ worker: Int) {
    let sum = sum + rows.lowerBound * sumStride + columns.lowerBound
    let bias = bias.map { $0 + columns.lowerBound }
    // Residual and bias go in first and the product is added to them.
    let adding = residual != nil || bias != nil
    if adding {
      var row = rows.lowerBound
      while row < rows.upperBound {
        let start = row % residualRows
        let count = residual == nil ? rows.count : min(rows.upperBound - row, residualRows - start)
        residualBias(
          residual.map { $0 + start * residualStride + columns.lowerBound }, residualStride, bias,
          sum + (row - rows.lowerBound) * sumStride, sumStride, count, columns.count)
        row += count
      }
    }
    product(
      rows.count, columns.count, inner, x + rows.lowerBound * xStride, xStride,
      weight + columns.lowerBound * weightStride, weightStride, rightTransposed: true, sum, sumStride, adding: adding,
      worker: worker)
    if gelu { activate(rows.lowerBound, rows.count, columns.lowerBound, columns.count) }
  }
}
