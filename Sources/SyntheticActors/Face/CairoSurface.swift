internal import CCairo
internal import Drawing

/// A point or a length in the plane; where it is measured from is said where it is used.
typealias Place = SIMD2<Double>

/// Draws smooth outlines, fills, strokes and soft spots with Cairo; lengths are pixels from the upper left.
///
/// Not for two threads at once. Cairo remembers the first thing that went wrong and ignores what follows, so only
/// ``rgb()`` throws.
final class CairoSurface {
  let width, height: Int
  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let softness: OpaquePointer?

  init(width: Int, height: Int) {
    precondition((1...32_767).contains(width) && (1...32_767).contains(height), "a picture of \(width)×\(height)")
    (self.width, self.height) = (width, height)
    // Neither is ever nil: what fails is a surface or a context that says so, and a mask that failed fails the context.
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    context = cairo_create(surface)
    softness = Self.makeSoftness()
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    // Curves of a few pixels need no more.
    cairo_set_tolerance(context, 0.2)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(softness)
    cairo_surface_destroy(surface)
  }

  // MARK: Outlines

  /// Adds a smooth curve through the points (Catmull-Rom); `joined`: goes on from where the last one ended.
  func curve(_ points: [Place], joined: Bool = false) {
    guard let first = points.first, let last = points.last else { return }
    if joined { cairo_line_to(context, first.x, first.y) } else { cairo_move_to(context, first.x, first.y) }
    for i in 0..<(points.count - 1) {
      let before = i == 0 ? first : points[i - 1]
      let after = i + 2 < points.count ? points[i + 2] : last
      bend(before, points[i], points[i + 1], after)
    }
  }

  /// Adds a smooth closed curve through the points.
  func loop(_ points: [Place]) {
    let count = points.count
    guard count > 2 else { return }
    cairo_move_to(context, points[0].x, points[0].y)
    for i in 0..<count {
      bend(points[(i + count - 1) % count], points[i], points[(i + 1) % count], points[(i + 2) % count])
    }
    cairo_close_path(context)
  }

  func polygon(_ points: [Place]) {
    guard let first = points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    cairo_close_path(context)
  }

  private func bend(_ before: Place, _ from: Place, _ to: Place, _ after: Place) {
    let leave = from + (to - before) / 6
    let arrive = to - (after - from) / 6
    cairo_curve_to(context, leave.x, leave.y, arrive.x, arrive.y, to.x, to.y)
  }

  // MARK: Paint

  /// Fills what was outlined; `keep`: the outline stays for the next call.
  func fill(_ colour: Ink, _ alpha: Double = 1, keep: Bool = false) {
    cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, alpha)
    if keep { cairo_fill_preserve(context) } else { cairo_fill(context) }
  }

  /// Fills what was outlined with colours that run from one point to another.
  func fill(from: Place, to: Place, _ stops: [ColourStop], keep: Bool = false) {
    withSource(cairo_pattern_create_linear(from.x, from.y, to.x, to.y), stops) {
      if keep { cairo_fill_preserve(context) } else { cairo_fill(context) }
    }
  }

  func stroke(_ width: Double, _ colour: Ink, _ alpha: Double = 1, keep: Bool = false) {
    cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, alpha)
    cairo_set_line_width(context, width)
    if keep { cairo_stroke_preserve(context) } else { cairo_stroke(context) }
  }

  /// An ellipse whose colour fades from `alpha` in its middle to nothing at its edge.
  func spot(_ centre: Place, _ radii: Place, turned angle: Double, _ colour: Ink, _ alpha: Double) {
    guard alpha > 0.004, radii.x > 0.1, radii.y > 0.1 else { return }
    cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, alpha)
    let scale = 2 / Double(Self.spotSize)
    withEllipse(centre, scale * radii, angle) {
      let half = 0.5 * Double(Self.spotSize)
      cairo_mask_surface(context, softness, -half, -half)
    }
  }

  /// How a soft spot fades, as a square of alpha: stretching it is cheaper than a gradient of its own for every spot.
  private static func makeSoftness() -> OpaquePointer? {
    let mask = cairo_image_surface_create(CAIRO_FORMAT_A8, Int32(spotSize), Int32(spotSize))
    guard let mask, let bytes = cairo_image_surface_get_data(mask) else { return mask }
    let stride = Int(cairo_image_surface_get_stride(mask))
    for y in 0..<spotSize {
      for x in 0..<spotSize {
        let place = Place(Double(x) + 0.5, Double(y) + 0.5) * (2 / Double(spotSize)) - Place(1, 1)
        let left = max(0, 1 - (place * place).sum())
        bytes[y * stride + x] = UInt8((255 * left * left).rounded())
      }
    }
    cairo_surface_mark_dirty(mask)
    return mask
  }

  private static let spotSize = 32

  func disc(_ centre: Place, _ radii: Place, turned angle: Double, _ colour: Ink, _ alpha: Double = 1) {
    guard radii.x > 0.05, radii.y > 0.05 else { return }
    withEllipse(centre, radii, angle) {
      cairo_arc(context, 0, 0, 1, 0, 2 * .pi)
      fill(colour, alpha)
    }
  }

  /// Draws inside what was outlined only.
  func clipped(_ body: () -> Void) {
    cairo_save(context)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  /// Draws on a separate layer, lets `shade` paint where the layer is covered, and puts the layer on the picture.
  /// - Parameter outline: the layer is only as large as the box around these points; empty: as the picture.
  func sheet(around outline: [Place] = [], _ body: () -> Void, shade: () -> Void) {
    cairo_save(context)
    if let first = outline.first {
      let low = outline.reduce(first) { pointwiseMin($0, $1) }.rounded(.down) - 1
      let high = outline.reduce(first) { pointwiseMax($0, $1) }.rounded(.up) + 1
      box(low, high - low)
      cairo_clip(context)
    }
    cairo_push_group(context)
    body()
    cairo_save(context)
    cairo_set_operator(context, CAIRO_OPERATOR_ATOP)
    shade()
    cairo_restore(context)
    cairo_pop_group_to_source(context)
    cairo_paint(context)
    cairo_restore(context)
  }

  /// Outlines the whole picture.
  func everything() { cairo_rectangle(context, 0, 0, Double(width), Double(height)) }

  /// Outlines a box.
  func box(_ corner: Place, _ size: Place) { cairo_rectangle(context, corner.x, corner.y, size.x, size.y) }

  private func withEllipse(_ centre: Place, _ radii: Place, _ angle: Double, _ body: () -> Void) {
    cairo_save(context)
    cairo_translate(context, centre.x, centre.y)
    cairo_rotate(context, angle)
    cairo_scale(context, radii.x, radii.y)
    body()
    cairo_restore(context)
  }

  private func withSource(_ pattern: OpaquePointer?, _ stops: [ColourStop], _ body: () -> Void) {
    defer { cairo_pattern_destroy(pattern) }
    for stop in stops {
      let colour = stop.colour
      cairo_pattern_add_color_stop_rgba(pattern, stop.at, colour.red, colour.green, colour.blue, stop.alpha)
    }
    cairo_set_source(context, pattern)
    body()
  }

  // MARK: Pixels

  /// The picture: row-major, three bytes a pixel.
  /// - Throws: `DrawingError`: what went wrong when something was drawn.
  func rgb() throws -> [UInt8] {
    try check(cairo_status(context), "draw")
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else {
      throw DrawingError(operation: "read pixels", code: -1, message: "no pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    return [UInt8](unsafeUninitializedCapacity: 3 * width * height) { out, count in
      for y in 0..<height {
        let row = UnsafeRawPointer(bytes + y * stride).assumingMemoryBound(to: UInt32.self)
        var to = 3 * y * width
        for x in 0..<width {
          let word = row[x]
          out[to] = UInt8(truncatingIfNeeded: word >> 16)
          out[to + 1] = UInt8(truncatingIfNeeded: word >> 8)
          out[to + 2] = UInt8(truncatingIfNeeded: word)
          to += 3
        }
      }
      count = 3 * width * height
    }
  }

  private func check(_ status: cairo_status_t, _ operation: String) throws {
    guard status == CAIRO_STATUS_SUCCESS else {
      throw DrawingError(
        operation: operation, code: Int(status.rawValue), message: String(cString: cairo_status_to_string(status)))
    }
  }
}

/// A colour along a gradient; `at` from 0 to 1.
struct ColourStop {
  var at: Double
  var colour: Ink
  var alpha: Double

  init(_ at: Double, _ colour: Ink, _ alpha: Double = 1) {
    (self.at, self.colour, self.alpha) = (at, colour, alpha)
  }
}
