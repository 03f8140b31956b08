/// Arithmetic of boxes and instants that only this room needs.

extension PixelBox {
  var centerX: Double { x + width / 2 }
  var centerY: Double { y + height / 2 }
  var area: Double { width * height }

  /// The same centre, `factor` times the sides.
  func widened(by factor: Double) -> PixelBox {
    PixelBox(
      x: centerX - factor * width / 2, y: centerY - factor * height / 2, width: factor * width, height: factor * height)
  }

  /// The part inside a picture.
  func clipped(width w: Int, height h: Int) -> PixelBox {
    let (left, top) = (max(x, 0), max(y, 0))
    return PixelBox(
      x: left, y: top, width: max(min(x + width, Double(w)) - left, 0), height: max(min(y + height, Double(h)) - top, 0)
    )
  }

  /// Intersection over union.
  func overlap(_ other: PixelBox) -> Double {
    let w = min(x + width, other.x + other.width) - max(x, other.x)
    let h = min(y + height, other.y + other.height) - max(y, other.y)
    guard w > 0, h > 0 else { return 0 }
    return w * h / (area + other.area - w * h)
  }

  /// Whether two boxes cannot be two separate faces: much overlap, or one's centre well inside the other.
  func isSamePlace(_ other: PixelBox) -> Bool {
    if overlap(other) > 0.3 { return true }
    let large = area >= other.area ? self : other
    let small = area >= other.area ? other : self
    return abs(large.centerX - small.centerX) < large.width / 3 && abs(large.centerY - small.centerY) < large.height / 3
  }
}

extension Instant {
  /// From here to there; negative if there is earlier. Saturates, so that hostile timestamps do not trap.
  func distance(to other: Instant) -> Instant {
    let (d, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
    return Instant(nanoseconds: overflow ? (other > self ? .max : .min) : d)
  }

  /// The sum, saturated likewise.
  func advanced(by length: Instant) -> Instant {
    let (t, overflow) = nanoseconds.addingReportingOverflow(length.nanoseconds)
    return Instant(nanoseconds: overflow ? (length > .zero ? .max : .min) : t)
  }
}

extension Int64 {
  /// Division that rounds down, for a positive divisor.
  func flooredQuotient(by divisor: Int64) -> Int64 {
    let q = self / divisor
    return self % divisor < 0 ? q - 1 : q
  }
}
