internal import Glibc
internal import Signal

/// The source position of each output pixel: x = a·x + b·y + c, y = d·x + e·y + f, in pixels from the top left corner.
struct FaceMap {
  var (a, b, c) = (1.0, 0.0, 0.0)
  var (d, e, f) = (0.0, 1.0, 0.0)

  /// A shear along a row or a column, and a shift.
  init(xy: Double = 0, yx: Double = 0, x: Double = 0, y: Double = 0) { (b, d, c, f) = (xy, yx, x, y) }

  /// Counter-clockwise around the middle.
  init(rotation degrees: Double, side: Int) {
    let angle = degrees * .pi / 180
    let middle = Double(side) / 2
    (a, b, d, e) = (cos(angle), -sin(angle), sin(angle), cos(angle))
    (c, f) = (middle - a * middle - b * middle, middle - d * middle - e * middle)
  }
}

extension FaceCrop {
  /// What lies outside the source.
  static let fill: UInt8 = 128

  /// Bicubic, a = −½, at the border with the last pixel repeated. Scale is kept, so there is nothing to antialias.
  func warped(_ map: FaceMap) -> FaceCrop {
    var result = [UInt8](repeating: Self.fill, count: pixels.count)
    let (size, limit) = (side, Double(side))
    pixels.withUnsafeBufferPointer { source in
      for j in 0..<size {
        let v = Double(j) + 0.5
        for i in 0..<size {
          let u = Double(i) + 0.5
          let (x, y) = (map.a * u + map.b * v + map.c, map.d * u + map.e * v + map.f)
          guard x >= 0, y >= 0, x < limit, y < limit else { continue }
          let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
          let (wx, wy) = (Self.weights(x - 0.5 - left), Self.weights(y - 0.5 - top))
          var sum = SIMD4<Double>.zero
          for row in 0..<4 {
            let base = min(max(Int(top) - 1 + row, 0), size - 1) * size
            var line = SIMD4<Double>.zero
            for column in 0..<4 {
              let at = (base + min(max(Int(left) - 1 + column, 0), size - 1)) * 3
              let colour = SIMD4(Double(source[at]), Double(source[at + 1]), Double(source[at + 2]), 0)
              line += wx[column] * colour
            }
            sum += wy[row] * line
          }
          let at = (j * size + i) * 3
          for channel in 0..<3 { result[at + channel] = UInt8(min(max(sum[channel] + 0.5, 0), 255)) }
        }
      }
    }
    return FaceCrop(side: side, pixels: result)
  }

  /// Of the four source pixels around a place that is `t` past the second.
  private static func weights(_ t: Double) -> SIMD4<Double> {
    let (t2, t3) = (t * t, t * t * t)
    return SIMD4(-0.5 * t + t2 - 0.5 * t3, 1 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3)
  }
}
