internal import CKernels
internal import Glibc

/// A convolution over pictures whose rows are places: (batch · height · width, channels). What lies outside counts as zero.
public struct ConvolutionGrid: Hashable, Sendable {
  public let channels, height, width: Int
  /// Of the square that a result sees, and from one result to the next.
  public let kernel, stride: Int

  public init(channels: Int, height: Int, width: Int, kernel: Int, stride: Int) {
    precondition(channels > 0 && height > 0 && width > 0 && kernel > 0 && stride > 0, "a convolution of nothing")
    precondition(kernel % 2 == 1, "a kernel of \(kernel) has no centre")
    (self.channels, self.height, self.width) = (channels, height, width)
    (self.kernel, self.stride) = (kernel, stride)
  }

  /// Results, as many as there are centres.
  public var resultHeight: Int { (height + stride - 1) / stride }
  public var resultWidth: Int { (width + stride - 1) / stride }
  /// Rows of one picture before and after.
  public var places: Int { height * width }
  public var results: Int { resultHeight * resultWidth }
  /// Values that a result sees, in the order row, column, channel: that of a convolution's weight.
  public var patchValues: Int { kernel * kernel * channels }
}

extension Operations {
  /// What every result of a convolution sees, as rows, so that the convolution becomes a product.
  ///
  /// - Parameters:
  ///   - x: (batch · grid.places, grid.channels).
  ///   - grid: the convolution.
  /// - Returns: (batch · grid.results, grid.patchValues).
  public func unfold(_ x: Matrix, _ grid: ConvolutionGrid) -> Matrix {
    precondition(x.columns == grid.channels && x.rows % grid.places == 0, "\(x.rows)×\(x.columns) is no such picture")
    let y = matrix(rows: x.rows / grid.places * grid.results, columns: grid.patchValues)
    let job = ConvolutionTiles(grid: grid, x: x.base, xStride: x.rowStride, y: y.base, add: kernels.accumulate)
    withExtendedLifetime((x, y)) {
      pool.parallel(y.rows / grid.resultWidth, job) { job, tile, _ in job.load(as: ConvolutionTiles.self).unfold(tile) }
    }
    recorder?.record(.unfold(x: x, grid: grid, y: y))
    return y
  }

  /// Through ``unfold(_:_:)-(_,ConvolutionGrid)``: every place gets the sum of what its copies got. Adds to dx.
  package func unfoldGradient(_ dy: Matrix, _ grid: ConvolutionGrid, into dx: Matrix) {
    let job = ConvolutionTiles(grid: grid, x: dx.base, xStride: dx.rowStride, y: dy.base, add: kernels.accumulate)
    // A tile is a whole picture: its results overlap.
    withExtendedLifetime((dy, dx)) {
      pool.parallel(dx.rows / grid.places, job) { job, tile, _ in job.load(as: ConvolutionTiles.self).fold(tile) }
    }
  }
}

private struct ConvolutionTiles {
  let grid: ConvolutionGrid
  let x: UnsafeMutablePointer<Float>
  let xStride: Int
  let y: UnsafeMutablePointer<Float>
  let add: @convention(c) (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Float, Int) -> Void

  /// A line of results.
  func unfold(_ tile: Int) {
    let (picture, line) = (tile / grid.resultHeight, tile % grid.resultHeight)
    let bytes = grid.channels * MemoryLayout<Float>.stride
    for column in 0..<grid.resultWidth {
      each(picture, line, column) { place, patch in
        if let place { memcpy(patch, x + place * xStride, bytes) } else { memset(patch, 0, bytes) }
      }
    }
  }

  /// A picture of dx.
  func fold(_ picture: Int) {
    for line in 0..<grid.resultHeight {
      for column in 0..<grid.resultWidth {
        each(picture, line, column) { place, patch in
          if let place { add(x + place * xStride, patch, 1, grid.channels) }
        }
      }
    }
  }

  /// The places that a result sees, nil outside the picture, and where the result has their channels.
  @inline(__always)
  private func each(
    _ picture: Int, _ line: Int, _ column: Int, _ body: (_ place: Int?, _ patch: UnsafeMutablePointer<Float>) -> Void
  ) {
    var patch = y + (picture * grid.results + line * grid.resultWidth + column) * grid.patchValues
    for down in 0..<grid.kernel {
      let row = line * grid.stride + down - grid.kernel / 2
      for across in 0..<grid.kernel {
        let place = column * grid.stride + across - grid.kernel / 2
        let isInside = 0..<grid.height ~= row && 0..<grid.width ~= place
        body(isInside ? picture * grid.places + row * grid.width + place : nil, patch)
        patch += grid.channels
      }
    }
  }
}
