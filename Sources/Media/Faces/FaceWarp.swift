internal import Glibc
internal import Signal

/// Cuts a square out of a picture and resamples it: antialiased bilinear (a triangle one output pixel, or one source
/// pixel, wide, whichever is larger), in the square's own axes, so a turned face is as smooth as a level one.
///
/// Where the square reaches outside the picture the result is black, as in the alignment tools that made the training
/// corpora. At the picture's border the triangle is cut and renormalised. A picture of exactly the wanted size comes out
/// unchanged.
enum FaceWarp {
  /// The stored rectangle that a crop looks at, without margin.
  static func footprint(_ picture: Picture, _ square: FaceSquare, size: Int) -> PixelBox {
    let map = Map(
      Canvas(picture), centre: (square.centerX, square.centerY), sides: (square.side, square.side), square.angle, size)
    let n = Double(size)
    let corners = [(0.0, 0.0), (n, 0), (0, n), (n, n)].map { map.source($0.0, $0.1) }
    let (xs, ys) = (corners.map(\.x), corners.map(\.y))
    let margin = map.reach
    let (left, top) = (xs.min()! - margin, ys.min()! - margin)
    return PixelBox(x: left, y: top, width: xs.max()! + margin - left, height: ys.max()! + margin - top)
  }

  /// `size` × `size` RGB of a square.
  static func crop(_ picture: Picture, _ colours: ColourRegion, _ square: FaceSquare, size: Int) -> FaceCrop {
    let map = Map(
      Canvas(picture), centre: (square.centerX, square.centerY), sides: (square.side, square.side), square.angle, size)
    return run(Canvas(picture), colours, map, size)
  }

  /// As above, out of an upright picture that is nothing but its colours.
  static func crop(_ colours: ColourRegion, _ square: FaceSquare, size: Int) -> FaceCrop {
    let canvas = Canvas(width: colours.width, height: colours.height)
    let map = Map(
      canvas, centre: (square.centerX, square.centerY), sides: (square.side, square.side), square.angle, size)
    return run(canvas, colours, map, size)
  }

  /// `size` × `size` RGB of the whole picture; one that is not square is stretched.
  static func whole(_ picture: Picture, _ colours: ColourRegion, size: Int) -> FaceCrop {
    let (w, h) = (Double(picture.width), Double(picture.height))
    let canvas = Canvas(picture)
    let map = Map(canvas, centre: (w / 2, h / 2), sides: (w, h), 0, size)
    if map.isIdentity, (colours.x, colours.y, colours.width, colours.height) == (0, 0, size, size) {
      var pixels: [UInt8] = []
      pixels.reserveCapacity(3 * size * size)
      for row in 0..<size { pixels += colours.pixels[row * colours.stride..<row * colours.stride + 3 * size] }
      return FaceCrop(side: size, pixels: pixels)
    }
    return run(canvas, colours, map, size)
  }

  /// A picture's size as stored, and how it stands.
  private struct Canvas {
    let stored: (width: Int, height: Int)
    let orientation: Orientation

    init(_ picture: Picture) { (stored, orientation) = (picture.stored, picture.orientation) }
    init(width: Int, height: Int) { (stored, orientation) = ((width, height), Orientation()) }
  }

  /// Output pixels to stored pixels and back.
  private struct Map {
    /// Stored steps per output pixel to the right and down.
    let ux, uy, vx, vy: Double
    /// Stored place of the output's corner (0, 0).
    let ox, oy: Double

    init(
      _ canvas: Canvas, centre: (x: Double, y: Double), sides: (x: Double, y: Double), _ angle: Double, _ size: Int
    ) {
      let n = Double(size)
      let (c, s) = (cos(angle), sin(angle))
      func stored(_ p: Double, _ q: Double) -> (x: Double, y: Double) {
        let (x, y) = ((p / n - 0.5) * sides.x, (q / n - 0.5) * sides.y)
        return canvas.orientation.stored(
          centre.x + x * c - y * s, centre.y + x * s + y * c, in: canvas.stored)
      }
      let (o, u, v) = (stored(0, 0), stored(1, 0), stored(0, 1))
      (ox, oy) = o
      (ux, uy, vx, vy) = (u.x - o.x, u.y - o.y, v.x - o.x, v.y - o.y)
    }

    func source(_ p: Double, _ q: Double) -> (x: Double, y: Double) { (ox + p * ux + q * vx, oy + p * uy + q * vy) }
    /// Whether every output pixel is a source pixel: the triangles then have nothing but one under them.
    var isIdentity: Bool {
      zip([ux, uy, vx, vy, ox, oy], [1, 0, 0, 1, 0, 0]).allSatisfy { abs($0 - $1) < 1e-9 }
    }
    /// Source pixels per output pixel, along each axis.
    var scaleU: Double { hypot(ux, uy) }
    var scaleV: Double { hypot(vx, vy) }
    /// How far, in source pixels, a triangle reaches in any direction.
    var reach: Double { max(scaleU, 1) + max(scaleV, 1) }
  }

  private static func run(_ canvas: Canvas, _ colours: ColourRegion, _ map: Map, _ size: Int) -> FaceCrop {
    let (su, sv) = (map.scaleU, map.scaleV)
    let (widthU, widthV) = (max(su, 1), max(sv, 1))
    // Unit vectors of the square's axes over the triangle's half width: a source offset's place under the triangle.
    let (au, bu) = (Float(map.ux / su / widthU), Float(map.uy / su / widthU))
    let (av, bv) = (Float(map.vx / sv / widthV), Float(map.vy / sv / widthV))
    let reachX = (abs(map.ux) / su) * widthU + (abs(map.vx) / sv) * widthV
    let reachY = (abs(map.uy) / su) * widthU + (abs(map.vy) / sv) * widthV
    let (right, bottom) = (colours.x + colours.width, colours.y + colours.height)
    let (pictureWidth, pictureHeight) = (Double(canvas.stored.width), Double(canvas.stored.height))
    let pixels = [UInt8](unsafeUninitializedCapacity: size * size * 3) { out, count in
      colours.pixels.withUnsafeBufferPointer { source in
        for j in 0..<size {
          for i in 0..<size {
            let p = map.source(Double(i) + 0.5, Double(j) + 0.5)
            var (r, g, b, total) = (Float(0), Float(0), Float(0), Float(0))
            if p.x > -0.5, p.y > -0.5, p.x < pictureWidth + 0.5, p.y < pictureHeight + 0.5 {
              let (x0, x1) = (
                max(Int((p.x - 0.5 - reachX).rounded(.up)), colours.x),
                min(Int((p.x - 0.5 + reachX).rounded(.down)), right - 1)
              )
              let (y0, y1) = (
                max(Int((p.y - 0.5 - reachY).rounded(.up)), colours.y),
                min(Int((p.y - 0.5 + reachY).rounded(.down)), bottom - 1)
              )
              var y = y0
              while y <= y1 {
                let dy = Float(Double(y) + 0.5 - p.y)
                var at = (y - colours.y) * colours.stride + (x0 - colours.x) * 3
                var dx = Float(Double(x0) + 0.5 - p.x)
                var x = x0
                while x <= x1 {
                  let u = 1 - abs(dx * au + dy * bu)
                  let v = 1 - abs(dx * av + dy * bv)
                  if u > 0, v > 0 {
                    let weight = u * v
                    r += weight * Float(source[at])
                    g += weight * Float(source[at + 1])
                    b += weight * Float(source[at + 2])
                    total += weight
                  }
                  (x, at, dx) = (x + 1, at + 3, dx + 1)
                }
                y += 1
              }
            }
            let k = (j * size + i) * 3
            let scale = total > 0 ? 1 / total : 0
            out[k] = UInt8(min(r * scale + 0.5, 255))
            out[k + 1] = UInt8(min(g * scale + 0.5, 255))
            out[k + 2] = UInt8(min(b * scale + 0.5, 255))
          }
        }
      }
      count = size * size * 3
    }
    return FaceCrop(side: size, pixels: pixels)
  }
}
