public import Signal

extension FaceCrop {
  /// A part of the face, stretched to a square of `side` pixels: antialiased bilinear, as when faces are cut from
  /// pictures (`FaceWarp`). What lies outside the part has no influence. A part of that side comes back unchanged.
  ///
  /// Nothing is turned here, so rows and columns are weighed one after the other: several times as fast as a warp.
  public func part(x: Int, y: Int, width: Int, height: Int, side size: Int) -> FaceCrop {
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= side && y + height <= side && size > 0,
      "\(width)×\(height) at (\(x), \(y)) of a face of side \(side)")
    let (across, down) = (Triangles(from: width, to: size), Triangles(from: height, to: size))
    let stride = 3 * side
    let out = [UInt8](unsafeUninitializedCapacity: 3 * size * size) { out, count in
      // Because a pixel is read as four values, its neighbour's red with it, the last one needs a value behind it.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * width + 1) { row in
        pixels.withUnsafeBufferPointer { pixels in
          let line = row.baseAddress!
          for j in 0..<size {
            row.update(repeating: 0)
            for tap in 0..<down.taps {
              let (source, weight) = down[j, tap]
              // Because a pointer's index is not checked for overflow, this becomes vectors; it stays within the face.
              let from = pixels.baseAddress! + (y + source) * stride + 3 * x
              for i in 0..<3 * width { line[i] += weight * Float(from[i]) }
            }
            across.each { i, sources, weights in
              var colour = SIMD4<Float>(repeating: 0.5)
              for (source, weight) in zip(sources, weights) {
                colour += weight * UnsafeRawPointer(line + 3 * Int(source)).loadUnaligned(as: SIMD4<Float>.self)
              }
              // Weights add up to 1 but for their rounding.
              let k = 3 * (j * size + i)
              out[k] = UInt8(min(colour.x, 255))
              out[k + 1] = UInt8(min(colour.y, 255))
              out[k + 2] = UInt8(min(colour.z, 255))
            }
          }
        }
      }
      count = 3 * size * size
    }
    return FaceCrop(side: size, pixels: out)
  }
}

/// The triangles under which a line of pixels becomes another: one output pixel, or one source pixel, wide, whichever is
/// larger, cut and renormalised at the ends.
private struct Triangles {
  /// Source pixels under every triangle; some weigh nothing.
  let taps: Int
  private var sources: [Int32] = []
  private var weights: [Float] = []

  init(from count: Int, to size: Int) {
    let step = Double(count) / Double(size)
    let width = max(step, 1)
    taps = min(Int((2 * width).rounded(.up)), count)
    for i in 0..<size {
      let centre = (Double(i) + 0.5) * step
      let first = min(max(Int((centre - 0.5 - width).rounded(.down)) + 1, 0), count - taps)
      let under = (first..<first + taps).map { max(1 - abs(Double($0) + 0.5 - centre) / width, 0) }
      let total = under.reduce(0, +)
      sources += (first..<first + taps).map(Int32.init)
      weights += under.map { Float($0 / total) }
    }
  }

  /// Every output pixel in turn, with the source pixels under its triangle and what they weigh.
  func each(_ body: (Int, UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Float>) -> Void) {
    sources.withUnsafeBufferPointer { sources in
      weights.withUnsafeBufferPointer { weights in
        for i in 0..<sources.count / taps {
          let taps = i * taps..<(i + 1) * taps
          body(i, UnsafeBufferPointer(rebasing: sources[taps]), UnsafeBufferPointer(rebasing: weights[taps]))
        }
      }
    }
  }

  subscript(i: Int, tap: Int) -> (source: Int, weight: Float) {
    (Int(sources[i * taps + tap]), weights[i * taps + tap])
  }
}
