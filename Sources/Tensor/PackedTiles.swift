internal import CKernels

/// Prepares rows for a packed product: normalises them where that is wanted, and packs them into a worker's own memory.
struct PackedRowSource {
  private let x: UnsafePointer<Float>
  private let stride, columns: Int
  private let normWeight, normBias: UnsafePointer<Float>?
  private let epsilon: Float
  private let norm:
    @convention(c) (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int,
      Int, Float
    ) -> Void
  let format: UnsafePointer<ckernels_format>
  private let packed: UnsafeMutablePointer<Float>
  private let packedStride: Int
  /// Where in a worker's memory a block of normalised rows lies.
  private let normalised: Int

  /// Values that a worker needs for `rows` rows.
  static func memory(_ rows: Int, _ norm: RowNorm?, _ weight: PackedWeight) -> Int {
    weight.dwords(ofRows: rows) + (norm == nil ? 0 : weight.blockRows * weight.inputs)
  }

  /// - Parameter packed: a row of ``memory(_:_:_:)`` values for every worker.
  init(_ x: Matrix, _ norm: RowNorm?, _ weight: PackedWeight, _ kernels: ckernels_table, _ packed: Matrix) {
    (self.x, stride, columns) = (UnsafePointer(x.base), x.rowStride, x.columns)
    (normWeight, normBias) = (norm.map { UnsafePointer($0.weight.base) }, norm.map { UnsafePointer($0.bias.base) })
    (epsilon, self.norm) = (norm?.epsilon ?? 0, kernels.layer_norm)
    format = weight.format
    (self.packed, packedStride) = (packed.base, packed.rowStride)
    normalised = packed.columns - (norm == nil ? 0 : weight.blockRows * weight.inputs)
  }

  var inner: Int { columns }

  /// The worker's own copy of these rows, packed.
  func callAsFunction(_ rows: Range<Int>, _ worker: Int) -> UnsafePointer<UInt32> {
    let memory = packed + worker * packedStride
    let (dwords, scratch) = (Self.dwords(memory), memory + normalised)
    let source = x + rows.lowerBound * stride
    guard let normWeight else {
      format.pointee.pack_rows(source, stride, rows.count, columns, dwords)
      return UnsafePointer(dwords)
    }
    let block = Int(format.pointee.rows)
    let blockDwords = ckernels_block_dwords(format, columns)
    // A block at a time, so that what is between norm and packing stays in the first-level cache.
    var (row, target) = (0, dwords)
    while row < rows.count {
      let count = min(block, rows.count - row)
      norm(source + row * stride, stride, normWeight, normBias, scratch, columns, count, columns, epsilon)
      format.pointee.pack_rows(scratch, columns, count, columns, target)
      row += block
      target += blockDwords
    }
    return UnsafePointer(dwords)
  }

  /// The arena's memory is 32 bits a value, whatever they are.
  static func dwords(_ values: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(values).assumingMemoryBound(to: UInt32.self)
  }
}

/// What follows a packed product, for the kernels; plain values.
struct PackedFinish {
  private let bias, residual: UnsafePointer<Float>?
  private let residualStride, residualRows: Int
  private let gelu: Bool

  init(bias: Matrix?, residual: Matrix?, gelu: Bool) {
    self.bias = bias.map { UnsafePointer($0.base) }
    self.residual = residual.map { UnsafePointer($0.base) }
    (residualStride, residualRows, self.gelu) = (residual?.rowStride ?? 0, residual?.rows ?? 1, gelu)
  }

  /// For rows from `row` on.
  func at(_ row: Int) -> ckernels_finish {
    ckernels_finish(
      bias: bias, gelu: gelu ? 1 : 0, residual: residual, residual_stride: residualStride,
      residual_rows: residualRows, residual_row: row)
  }
}

/// A packed product's addresses; a tile is some rows.
struct PackedLinearTiles {
  let tiling: Tiling
  let rows: PackedRowSource
  let weight: UnsafePointer<UInt32>
  let finish: PackedFinish
  let y: UnsafeMutablePointer<Float>
  let yStride: Int

  func run(_ tile: Int, _ worker: Int) {
    let range = tiling.rowRange(tile)
    let x = rows(range, worker)
    var finish = finish.at(range.lowerBound)
    rows.format.pointee.product(
      x, weight, range.count, tiling.columns, rows.inner, &finish, y + range.lowerBound * yStride, yStride)
  }
}

/// Two packed products with GELU between them; a tile is some rows.
struct PackedFeedForwardTiles {
  let tiling: Tiling
  let rows: PackedRowSource
  let widen, narrow: UnsafePointer<UInt32>
  /// Some rows for every worker, where results cannot be packed at once.
  let hidden: UnsafeMutablePointer<Float>
  let hiddenWidth: Int
  /// A row for every worker.
  let packedHidden: UnsafeMutablePointer<Float>
  let packedHiddenStride: Int
  let packsResults: Bool
  let widenFinish, narrowFinish: PackedFinish
  let y: UnsafeMutablePointer<Float>
  let yStride: Int

  func run(_ tile: Int, _ worker: Int) {
    let range = tiling.rowRange(tile)
    let format = rows.format.pointee
    let x = rows(range, worker)
    let middle = PackedRowSource.dwords(packedHidden + worker * packedHiddenStride)
    var finish = widenFinish.at(range.lowerBound)
    if packsResults {
      format.product_packed(x, widen, range.count, hiddenWidth, rows.inner, &finish, middle)
    } else {
      let hidden = hidden + worker * tiling.tileRows * hiddenWidth
      format.product(x, widen, range.count, hiddenWidth, rows.inner, &finish, hidden, hiddenWidth)
      format.pack_rows(hidden, hiddenWidth, range.count, hiddenWidth, middle)
    }
    finish = narrowFinish.at(range.lowerBound)
    format.product(
      UnsafePointer(middle), narrow, range.count, tiling.columns, hiddenWidth, &finish,
      y + range.lowerBound * yStride, yStride)
  }
}
