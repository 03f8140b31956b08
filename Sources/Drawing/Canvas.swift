internal import CCairo

/// An error of Cairo.
public struct DrawingError: Error, Hashable, Sendable, CustomStringConvertible {
  public var operation: String
  public var code: Int
  public var message: String

  public init(operation: String, code: Int, message: String) {
    (self.operation, self.code, self.message) = (operation, code, message)
  }

  public var description: String { "Cairo: \(operation): \(message) (\(code))" }
}

/// A drawing surface for pictures, text, lines and boxes, by Cairo; lengths are pixels from the upper left.
///
/// Not for two threads at once. Cairo remembers the first thing that went wrong and ignores what follows, so only ``png()``
/// throws.
public final class Canvas {
  public let width, height: Int
  private let surface: OpaquePointer
  private let context: OpaquePointer

  /// A canvas filled with the colour `paper`.
  public init(width: Int, height: Int, paper: Ink) {
    precondition((1...32_767).contains(width) && (1...32_767).contains(height), "a canvas of \(width)×\(height)")
    (self.width, self.height) = (width, height)
    // Neither is ever nil: what fails is a surface or a context that says so.
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    context = cairo_create(surface)
    use(paper)
    cairo_paint(context)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Fills a box.
  public func fill(_ box: Box, _ ink: Ink) {
    use(ink)
    cairo_rectangle(context, box.x, box.y, box.width, box.height)
    cairo_fill(context)
  }

  /// A straight line; coordinates and width in pixels.
  public func line(from: (x: Double, y: Double), to: (x: Double, y: Double), width: Double, _ ink: Ink) {
    use(ink)
    cairo_set_line_width(context, width)
    cairo_move_to(context, from.x, from.y)
    cairo_line_to(context, to.x, to.y)
    cairo_stroke(context)
  }

  /// How a text is aligned at its place.
  public enum Alignment: Sendable { case left, middle, right }

  /// Draws one line of text; `y` is its baseline.
  public func words(
    _ text: String, x: Double, y: Double, size: Double, bold: Bool = false, align: Alignment = .left, _ ink: Ink
  ) {
    use(ink)
    choose(size, bold)
    let left =
      switch align {
      case .left: x
      case .middle: x - length(text) / 2
      case .right: x - length(text)
      }
    cairo_move_to(context, left, y)
    cairo_show_text(context, text)
  }

  /// The width of a line of text.
  public func length(of text: String, size: Double, bold: Bool = false) -> Double {
    choose(size, bold)
    return length(text)
  }

  /// Draws pixels into a box, smoothed where sizes differ.
  public func draw(_ pixels: Pixels, in box: Box) {
    let copy = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(pixels.width), Int32(pixels.height))
    defer { cairo_surface_destroy(copy) }
    guard let copy, let bytes = cairo_image_surface_get_data(copy) else { return }
    let stride = Int(cairo_image_surface_get_stride(copy))
    for y in 0..<pixels.height {
      for x in 0..<pixels.width {
        let from = 3 * (y * pixels.width + x)
        let word = UInt32(pixels.rgb[from]) << 16 | UInt32(pixels.rgb[from + 1]) << 8 | UInt32(pixels.rgb[from + 2])
        UnsafeMutableRawPointer(bytes).storeBytes(of: word, toByteOffset: y * stride + 4 * x, as: UInt32.self)
      }
    }
    cairo_surface_mark_dirty(copy)
    cairo_save(context)
    cairo_translate(context, box.x, box.y)
    cairo_scale(context, box.width / Double(pixels.width), box.height / Double(pixels.height))
    cairo_set_source_surface(context, copy, 0, 0)
    // At the edges the last pixel is repeated; otherwise the paper would show through.
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_rectangle(context, 0, 0, Double(pixels.width), Double(pixels.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  /// The whole as a PNG file's bytes.
  /// - Throws: ``DrawingError``: what went wrong, now or when something was drawn.
  public func png() throws -> [UInt8] {
    try check(cairo_status(context), "draw")
    final class Bytes { var all: [UInt8] = [] }
    let bytes = Bytes()
    let status = withExtendedLifetime(bytes) {
      cairo_surface_write_to_png_stream(
        surface,
        { closure, data, count in
          guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
          // Unretained because `bytes` outlives the call.
          let bytes = Unmanaged<Bytes>.fromOpaque(closure).takeUnretainedValue()
          bytes.all.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
          return CAIRO_STATUS_SUCCESS
        }, Unmanaged.passUnretained(bytes).toOpaque())
    }
    try check(status, "write a PNG")
    return bytes.all
  }

  private func use(_ ink: Ink) { cairo_set_source_rgb(context, ink.red, ink.green, ink.blue) }

  private func choose(_ size: Double, _ bold: Bool) {
    cairo_select_font_face(
      context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, size)
  }

  private func length(_ text: String) -> Double {
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  private func check(_ status: cairo_status_t, _ operation: String) throws {
    guard status == CAIRO_STATUS_SUCCESS else {
      throw DrawingError(
        operation: operation, code: Int(status.rawValue), message: String(cString: cairo_status_to_string(status)))
    }
  }
}
