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
    // Whoever differentiates GELU needs what went into it.
    let preactivation =
      recorder == nil || activation == .none ? nil : matrix(rows: y.rows, columns: y.columns)
    let tiling = Tiling.product(rows: x.rows, columns: weight.rows)
    let job = LinearTiles(
      tiling: tiling, product: product, inner: x.columns, x: x.base, xStride: x.rowStride, weight: weight.base,
      weightStride: weight.rowStride, bias: bias?.base, residual: residual?.base,
      residualStride: residual?.rowStride ?? 0, residualRows: residual?.rows ?? 1, y: y.base, yStride: y.rowStride,
      preactivation: preactivation?.base, preactivationStride: preactivation?.rowStride ?? 0, gelu: activation == .gelu,
      residualBias: kernels.residual_bias, biasGELU: kernels.bias_gelu)
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
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  /// Where the sum before GELU is kept, or nil.
  let preactivation: UnsafeMutablePointer<Float>?
  let preactivationStride: Int
  let gelu: Bool
  let residualBias:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int, Int
    ) -> Void
  let biasGELU: @convention(c) (UnsafeMutablePointer<Float>?, Int, UnsafePointer<Float>?, Int, Int) -> Void

  func run(_ tile: Int, _ worker: Int) {
    let rows = tiling.rowRange(tile)
    let columns = tiling.columnRange(tile)
    let y = y + rows.lowerBound * yStride + columns.lowerBound
    let bias = bias.map { $0 + columns.lowerBound }
    // Residual and bias go in first and the product is added to them.
    // A bias before GELU waits for GELU's own pass.
    let early = gelu ? nil : bias
    let adding = residual != nil || early != nil
    if adding {
      var row = rows.lowerBound
      while row < rows.upperBound {
        let start = row % residualRows
        let count = residual == nil ? rows.count : min(rows.upperBound - row, residualRows - start)
        residualBias(
          residual.map { $0 + start * residualStride + columns.lowerBound }, residualStride, early,
          y + (row - rows.lowerBound) * yStride, yStride, count, columns.count)
        row += count
      }
    }
    product(
      rows.count, columns.count, inner, x + rows.lowerBound * xStride, xStride,
      weight + columns.lowerBound * weightStride, weightStride, rightTransposed: true, y, yStride, adding: adding,
      worker: worker)
    guard gelu else { return }
    guard let preactivation else {
      biasGELU(y, yStride, bias, rows.count, columns.count)
      return
    }
    // The same sums in the same order, with a stop on the way.
    let z = preactivation + rows.lowerBound * preactivationStride + columns.lowerBound
    residualBias(y, yStride, bias, z, preactivationStride, rows.count, columns.count)
    residualBias(z, preactivationStride, nil, y, yStride, rows.count, columns.count)
    biasGELU(y, yStride, nil, rows.count, columns.count)
  }
}
