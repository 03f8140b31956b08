internal import CKernels

/// A layer norm that runs over rows on their way into a product.
public struct RowNorm: Sendable {
  /// (1, columns) each.
  public let weight, bias: Matrix
  public let epsilon: Float

  public init(weight: Matrix, bias: Matrix, epsilon: Float) {
    (self.weight, self.bias, self.epsilon) = (weight, bias, epsilon)
  }
}

/// A linear layer's weight and bias.
public struct LinearWeights: Sendable {
  /// (outputs, inputs).
  public let weight: ProductWeight
  /// (1, outputs), or nil.
  public let bias: Matrix?

  public init(weight: ProductWeight, bias: Matrix?) { (self.weight, self.bias) = (weight, bias) }
}

extension Operations {
  /// y = activation(norm(x) · weightᵀ + bias) + residual; see ``linear(_:_:bias:adding:then:into:)``. With an activation
  /// there is no residual.
  ///
  /// With a packed weight, blocks of rows go through all steps together, so that they never leave the cache. Nothing is
  /// recorded then, because there are no plain weights to differentiate by.
  @discardableResult
  public func linear(
    _ x: Matrix, normalised norm: RowNorm? = nil, _ layer: LinearWeights, adding residual: Matrix? = nil,
    then activation: Activation = .none, into y: Matrix? = nil
  ) -> Matrix {
    let weight: PackedWeight
    switch layer.weight {
    case .plain(let weight):
      let x = norm.map { layerNorm(x, weight: $0.weight, bias: $0.bias, epsilon: $0.epsilon) } ?? x
      return linear(x, weight, bias: layer.bias, adding: residual, then: activation, into: y)
    case .packed(let packed): weight = packed
    }
    precondition(recorder == nil, "packed weights cannot be trained")
    precondition(residual == nil || activation == .none, "a residual is not activated")
    let y = y ?? matrix(rows: x.rows, columns: weight.outputs)
    check(x, norm, weight, layer.bias, residual, y)
    temporary {
      let tiling = Tiling.packed(rows: x.rows, columns: weight.outputs, block: weight.blockRows, threads: threads)
      let packed = matrix(rows: threads, columns: PackedRowSource.memory(tiling.tileRows, norm, weight))
      let job = PackedLinearTiles(
        tiling: tiling, rows: PackedRowSource(x, norm, weight, kernels, packed), weight: weight.base,
        finish: PackedFinish(bias: layer.bias, residual: residual, gelu: activation == .gelu), y: y.base,
        yStride: y.rowStride)
      // The views live in this frame until the tiles are done, so the job's addresses stay valid.
      withExtendedLifetime((x, norm, weight, layer.bias, residual, y, packed)) {
        pool.parallel(tiling.count, job) { job, tile, worker in
          job.load(as: PackedLinearTiles.self).run(tile, worker)
        }
      }
    }
    return y
  }

  /// y = residual + narrow(gelu(widen(norm(x)))): the second half of a transformer's block.
  ///
  /// With packed weights, blocks of rows go through all steps together: the values between both products are never a matrix.
  ///
  /// - Parameters:
  ///   - x: (rows, width).
  ///   - norm: runs over the rows first.
  ///   - widen: the first product, (hidden, width).
  ///   - narrow: the second product, (width, hidden).
  ///   - residual: (rows, width), or nil.
  ///   - y: (rows, width), memory of the caller.
  public func feedForward(
    _ x: Matrix, normalised norm: RowNorm, widen: LinearWeights, narrow: LinearWeights, adding residual: Matrix?,
    into y: Matrix
  ) {
    guard case .packed(let wide) = widen.weight, case .packed(let thin) = narrow.weight else {
      let hidden = linear(x, normalised: norm, widen, then: .gelu)
      linear(hidden, narrow, adding: residual, into: y)
      return
    }
    precondition(recorder == nil, "packed weights cannot be trained")
    precondition(wide.format == thin.format && thin.inputs == wide.outputs, "the layers do not fit")
    check(x, norm, wide, widen.bias, nil, nil)
    check(nil, nil, thin, narrow.bias, residual, y)
    precondition(y.rows == x.rows, "the result has \(y.rows) rows instead of \(x.rows)")
    temporary {
      let tiling = Tiling.packed(rows: x.rows, columns: thin.outputs, block: wide.blockRows, threads: threads)
      let packed = matrix(rows: threads, columns: PackedRowSource.memory(tiling.tileRows, norm, wide))
      let packedHidden = matrix(rows: threads, columns: thin.dwords(ofRows: tiling.tileRows))
      // int8 can pack only whole rows, because it needs their range.
      let packsResults = wide.format.pointee.product_packed != nil && wide.outputs % Int(wide.format.pointee.panel) == 0
      let hidden = matrix(rows: packsResults ? 0 : threads * tiling.tileRows, columns: wide.outputs)
      let job = PackedFeedForwardTiles(
        tiling: tiling, rows: PackedRowSource(x, norm, wide, kernels, packed), widen: wide.base, narrow: thin.base,
        hidden: hidden.base, hiddenWidth: wide.outputs, packedHidden: packedHidden.base,
        packedHiddenStride: packedHidden.rowStride, packsResults: packsResults,
        widenFinish: PackedFinish(bias: widen.bias, residual: nil, gelu: true),
        narrowFinish: PackedFinish(bias: narrow.bias, residual: residual, gelu: false), y: y.base, yStride: y.rowStride)
      withExtendedLifetime((x, norm, wide, thin, (widen.bias, narrow.bias), residual, y, packed, packedHidden, hidden))
      {
        pool.parallel(tiling.count, job) { job, tile, worker in
          job.load(as: PackedFeedForwardTiles.self).run(tile, worker)
        }
      }
    }
  }

  private func check(
    _ x: Matrix?, _ norm: RowNorm?, _ weight: PackedWeight, _ bias: Matrix?, _ residual: Matrix?, _ y: Matrix?
  ) {
    precondition(x.map { $0.columns == weight.inputs } ?? true, "x does not have \(weight.inputs) columns")
    precondition(
      norm.map { $0.weight.columns == weight.inputs && $0.bias.columns == weight.inputs } ?? true,
      "the norm does not fit")
    precondition(bias.map { $0.rows == 1 && $0.columns == weight.outputs } ?? true, "the bias does not fit")
    guard let y else { return }
    precondition(y.columns == weight.outputs && x.map { $0.rows == y.rows } ?? true, "the result does not fit")
    precondition(
      residual.map { $0.columns == y.columns && $0.rows > 0 && y.rows % $0.rows == 0 } ?? true,
      "the residual does not fit")
  }
}

extension PackedWeight {
  /// Rows that are packed together.
  var blockRows: Int { Int(format.pointee.rows) }

  /// Values (of 32 bits) that so many packed rows of inputs take, in whole cache lines.
  func dwords(ofRows rows: Int) -> Int {
    let dwords = (rows + blockRows - 1) / blockRows * ckernels_block_dwords(format, inputs)
    return (dwords + 15) / 16 * 16
  }
}
