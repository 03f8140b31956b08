import Media
import Signal
import Testing

/// Parts of faces beside the two-dimensional triangle in double precision, summed over the whole part.
@Suite struct FacePartTests {
  struct Part: Sendable, CustomTestStringConvertible {
    let x, y, width, height, size: Int
    var testDescription: String { "\(width)×\(height) at (\(x), \(y)) to \(size)" }
  }

  static let parts = [
    Part(x: 0, y: 0, width: 40, height: 40, size: 40), Part(x: 3, y: 5, width: 26, height: 31, size: 40),
    Part(x: 0, y: 0, width: 40, height: 40, size: 13), Part(x: 7, y: 0, width: 30, height: 40, size: 20),
    Part(x: 39, y: 39, width: 1, height: 1, size: 5), Part(x: 0, y: 9, width: 40, height: 2, size: 16),
    Part(x: 1, y: 1, width: 37, height: 3, size: 2), Part(x: 0, y: 0, width: 40, height: 40, size: 27),
  ]

  @Test(arguments: parts) func isTheTriangle(part: Part) {
    var state: UInt32 = 7
    let face = FaceCrop(
      side: 40,
      pixels: (0..<40 * 40 * 3).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      })
    let found = face.part(x: part.x, y: part.y, width: part.width, height: part.height, side: part.size)
    #expect(found.side == part.size)
    func weights(_ count: Int, _ index: Int) -> [Double] {
      let step = Double(count) / Double(part.size)
      let centre = (Double(index) + 0.5) * step
      let weights = (0..<count).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / max(step, 1)) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    var worst = 0.0
    for j in 0..<part.size {
      let down = weights(part.height, j)
      for i in 0..<part.size {
        let across = weights(part.width, i)
        for channel in 0..<3 {
          var value = 0.0
          for (v, wv) in down.enumerated() where wv > 0 {
            for (u, wu) in across.enumerated() where wu > 0 {
              value += wv * wu * Double(face.pixels[((part.y + v) * 40 + part.x + u) * 3 + channel])
            }
          }
          worst = max(worst, abs(Double(found.pixels[(j * part.size + i) * 3 + channel]) - value))
        }
      }
    }
    #expect(worst < 0.5001, "\(worst)")
  }
}
