internal import Glibc

/// A picture, a sound or a stack of pictures, and the patches it is cut into: depth × height × width everywhere.
public struct PatchGrid: Hashable, Sendable {
  public let channels: Int
  /// Of the whole.
  public let depth, height, width: Int
  /// Of a patch; divides the whole.
  public let patchDepth, patchHeight, patchWidth: Int

  public init(channels: Int, size: (depth: Int, height: Int, width: Int), patch: (depth: Int, height: Int, width: Int))
  {
    precondition(
      size.depth % patch.depth == 0 && size.height % patch.height == 0 && size.width % patch.width == 0,
      "patches do not fill the whole")
    self.channels = channels
    (depth, height, width) = size
    (patchDepth, patchHeight, patchWidth) = patch
  }

  /// Patches in the whole, in the order depth, height, width.
  public var tokens: Int { (depth / patchDepth) * (height / patchHeight) * (width / patchWidth) }
  /// Values in a patch, in the order channel, depth, height, width: that of a convolution's weight.
  public var patchValues: Int { channels * patchDepth * patchHeight * patchWidth }
  public var values: Int { channels * depth * height * width }
}

extension Operations {
  /// Patches as rows, so that a strided convolution becomes a product.
  ///
  /// - Parameters:
  ///   - x: (batch, grid.values), each row in the order channel, depth, height, width.
  ///   - grid: how a row is cut into patches.
  /// - Returns: (batch · grid.tokens, grid.patchValues).
  public func unfold(_ x: Matrix, _ grid: PatchGrid) -> Matrix {
    precondition(x.columns == grid.values, "\(x.columns) values a sequence instead of \(grid.values)")
    let y = matrix(rows: x.rows * grid.tokens, columns: grid.patchValues)
    let across = grid.width / grid.patchWidth
    let down = grid.height / grid.patchHeight
    // A tile is a row of patches.
    let job = UnfoldTiles(grid: grid, across: across, down: down, x: x.base, xStride: x.rowStride, y: y.base)
    withExtendedLifetime((x, y)) {
      pool.parallel(y.rows / across, job) { job, tile, _ in job.load(as: UnfoldTiles.self).run(tile) }
    }
    return y
  }
}

extension Operations {
  /// Only the chosen patches, as rows: (chosen.places.count, grid.patchValues); see ``unfold(_:_:)-(_,PatchGrid)``.
  public func unfold(_ x: Matrix, _ grid: PatchGrid, only chosen: TokenChoice) -> Matrix {
    precondition(x.columns == grid.values, "\(x.columns) values a sequence instead of \(grid.values)")
    precondition(chosen.tokens == grid.tokens && chosen.batch == x.rows, "the choice is of other sequences")
    let y = matrix(rows: chosen.places.count, columns: grid.patchValues)
    let job = UnfoldTiles(
      grid: grid, across: grid.width / grid.patchWidth, down: grid.height / grid.patchHeight, x: x.base,
      xStride: x.rowStride, y: y.base)
    // Few and small: not worth waking threads.
    for (row, place) in chosen.places.enumerated() {
      job.patch(row / chosen.count, place, to: y.base + row * y.rowStride)
    }
    return y
  }
}

private struct UnfoldTiles {
  let grid: PatchGrid
  let across, down: Int
  let x: UnsafePointer<Float>
  let xStride: Int
  let y: UnsafeMutablePointer<Float>

  /// A row of patches.
  func run(_ tile: Int) {
    let lines = grid.tokens / across
    for patch in 0..<across {
      self.patch(
        tile / lines, tile % lines * across + patch, to: y + (tile * across + patch) * grid.patchValues)
    }
  }

  func patch(_ sequence: Int, _ token: Int, to target: UnsafeMutablePointer<Float>) {
    var target = target
    let line = token / across % down
    let slice = token / (across * down)
    let source = x + sequence * xStride + token % across * grid.patchWidth
    let bytes = grid.patchWidth * MemoryLayout<Float>.stride
    for channel in 0..<grid.channels {
      for d in 0..<grid.patchDepth {
        let plane = (channel * grid.depth + slice * grid.patchDepth + d) * grid.height
        for h in 0..<grid.patchHeight {
          memcpy(target, source + (plane + line * grid.patchHeight + h) * grid.width, bytes)
          target += grid.patchWidth
        }
      }
    }
  }
}
