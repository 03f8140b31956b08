internal import CFFmpeg
internal import Glibc
internal import Signal

/// How stored pixels are turned (by quarters) and mirrored to stand upright.
///
/// Coordinates are edges: pixel i covers [i, i + 1).
struct Orientation: Equatable {
  /// upright x = a·x + c·y + tx, upright y = b·x + d·y + ty; each of a, b, c, d is −1, 0 or 1.
  private(set) var a = 1, b = 0, c = 0, d = 1

  /// As stored.
  init() {}

  init(a: Int, b: Int, c: Int, d: Int) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

  /// From a display matrix (ISO/IEC 14496-12, libavutil/display.h), to the nearest quarter turn.
  init(displayMatrix m: UnsafePointer<Int32>) {
    let (ma, mb, mc, md) = (Double(m[0]), Double(m[1]), Double(m[3]), Double(m[4]))
    func sign(_ x: Double) -> Int { x < 0 ? -1 : 1 }
    guard ma * md - mb * mc != 0 else { return }
    if abs(ma) >= abs(mb) {
      (a, b, c, d) = (sign(ma), 0, 0, sign(md))
    } else {
      (a, b, c, d) = (0, sign(mb), sign(mc), 0)
    }
  }

  /// Clockwise degrees by which stored pixels are turned, 0 to 270; a mirror is not counted.
  var degrees: Int { (Int((atan2(Double(b), Double(a)) * 180 / .pi).rounded()) + 360) % 360 }

  func uprightSize(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    a != 0 ? (width, height) : (height, width)
  }

  /// The upright point of a stored one, for a stored picture of this size.
  func upright(_ x: Double, _ y: Double, in size: (width: Int, height: Int)) -> (x: Double, y: Double) {
    let (tx, ty) = shift(size)
    return (Double(a) * x + Double(c) * y + tx, Double(b) * x + Double(d) * y + ty)
  }

  /// The stored point of an upright one, for a stored picture of this size.
  func stored(_ x: Double, _ y: Double, in size: (width: Int, height: Int)) -> (x: Double, y: Double) {
    let (tx, ty) = shift(size)
    let (u, v) = (x - tx, y - ty)
    return (Double(a) * u + Double(b) * v, Double(c) * u + Double(d) * v)
  }

  /// The stored rectangle that an upright one covers.
  func stored(_ box: PixelBox, in size: (width: Int, height: Int)) -> PixelBox {
    let p = stored(box.x, box.y, in: size)
    let q = stored(box.x + box.width, box.y + box.height, in: size)
    return PixelBox(x: min(p.x, q.x), y: min(p.y, q.y), width: abs(q.x - p.x), height: abs(q.y - p.y))
  }

  private func shift(_ size: (width: Int, height: Int)) -> (Double, Double) {
    let turned = uprightSize(size.width, size.height)
    return (a + c < 0 ? Double(turned.width) : 0, b + d < 0 ? Double(turned.height) : 0)
  }
}
