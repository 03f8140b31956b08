import Foundation

/// A face of shaded ellipses in 8-bit brightness, plain enough to write down and human enough for dlib's detector.
package struct DrawnFace {
  /// Width of the head in pixels, and the middle between the eyes.
  package var width: Double
  package var x, y: Double
  /// Background brightness.
  package var ground: Double

  package init(width: Double, x: Double, y: Double, ground: Double = 110) {
    (self.width, self.x, self.y, self.ground) = (width, x, y, ground)
  }

  /// Centres of the eyes, left and right as seen.
  package var eyes: (left: (x: Double, y: Double), right: (x: Double, y: Double)) {
    ((x - 31 * unit, y), (x + 31 * unit, y))
  }
  private var unit: Double { width / 148 }

  package func draw(_ w: Int, _ h: Int) -> [UInt8] {
    var p = [Double](repeating: ground, count: w * h)
    let f = unit
    let middle = y + 12 * f
    func each(_ cx: Double, _ cy: Double, _ reach: Double, _ body: (Int, Double, Double) -> Void) {
      let rows = max(Int(cy - reach), 0)..<max(min(Int(cy + reach) + 1, h), 0)
      let columns = max(Int(cx - reach), 0)..<max(min(Int(cx + reach) + 1, w), 0)
      guard rows.lowerBound < rows.upperBound, columns.lowerBound < columns.upperBound else { return }
      for j in rows { for i in columns { body(j * w + i, Double(i) + 0.5 - cx, Double(j) + 0.5 - cy) } }
    }
    func blob(_ dx: Double, _ dy: Double, _ a: Double, _ b: Double, _ value: Double, soft: Double = 1.5) {
      each(x + dx * f, middle + dy * f, (max(a, b) + 2) * f + 2) { k, u, v in
        let r = (u / (a * f) * (u / (a * f)) + v / (b * f) * (v / (b * f))).squareRoot()
        let alpha = min(max((1 - r) * min(a, b) / soft + 0.5, 0), 1)
        p[k] += (value - p[k]) * alpha
      }
    }
    func sheen(_ dx: Double, _ dy: Double, _ a: Double, _ b: Double, _ amount: Double) {
      each(x + dx * f, middle + dy * f, 4 * max(a, b) * f) { k, u, v in
        p[k] += amount * exp(-(u / (a * f) * (u / (a * f)) + v / (b * f) * (v / (b * f))))
      }
    }
    blob(0, 210, 168, 96, 75, soft: 4)
    blob(0, 92, 38, 60, 140, soft: 3)
    blob(0, -26, 86, 98, 45, soft: 4)
    blob(0, 0, 74, 96, 178, soft: 2.5)
    sheen(-8, -12, 50, 60, 22)
    blob(0, -84, 58, 24, 45, soft: 6)
    for side in [-1.0, 1.0] {
      sheen(side * 31, -14, 19, 12, -34)
      blob(side * 31, -12, 14, 7, 232)
      blob(side * 31, -12, 6.2, 6.2, 58)
      blob(side * 31, -12, 3, 3, 15)
      blob(side * 31, -20, 15, 1.8, 52)
      blob(side * 31, -33, 18, 3.6, 45, soft: 2)
    }
    sheen(-3, 8, 6, 26, 20)
    sheen(0, 30, 15, 6, -26)
    blob(-7, 30, 3.4, 2.2, 75, soft: 2)
    blob(7, 30, 3.4, 2.2, 75, soft: 2)
    blob(0, 54, 27, 6, 112, soft: 2)
    blob(0, 54, 23, 1.6, 40)
    sheen(0, 72, 22, 5, -16)
    return p.map { UInt8(min(max($0, 0), 255)) }
  }
}
