internal import CFFmpeg
internal import Signal

/// Converts decoded pictures to brightness and colour with swscale, bit for bit the same on every run.
///
/// It works on parts: a face detector needs brightness only, and a crop only its surroundings in colour.
package final class PictureConverter {
  private let path: String
  private var whole = Scaler()
  private var gray = Scaler()
  private var colour = Scaler()

  package init(path: String) { self.path = path }

  /// Brightness of `region` (upright source pixels, clipped to the picture), scaled.
  func gray(_ picture: Picture, region: PixelBox, scale: Double) throws -> GrayPicture? {
    let plane = try luma(picture)
    let size = picture.stored
    guard let part = Self.pixels(picture.orientation.stored(region, in: size), in: size) else { return nil }
    let width = max(Int((Double(part.width) * scale).rounded()), 1)
    let height = max(Int((Double(part.height) * scale).rounded()), 1)
    guard width <= 8192, height <= 8192 else { return nil }
    let frame = plane.pointer
    let stride = Int(frame.pointee.linesize.0)
    var source = frame.pointee.data.0.map { UnsafePointer($0 + part.y * stride + part.x) }
    // swscale may write a few bytes past each row.
    let row = (width + 63) & ~31
    var pixels = [UInt8](repeating: 0, count: row * height + 64)
    let context = try gray.context(
      (part.width, part.height, AV_PIX_FMT_GRAY8), (width, height, AV_PIX_FMT_GRAY8), colours: nil, path: path)
    try pixels.withUnsafeMutableBufferPointer { buffer in
      var target: UnsafeMutablePointer<UInt8>? = buffer.baseAddress
      var (sourceStride, targetStride) = (Int32(stride), Int32(row))
      let code = sws_scale(context, &source, &sourceStride, 0, Int32(part.height), &target, &targetStride)
      guard code >= 0 else { throw MediaError.libav("libswscale", "scale a picture", code: code, path: path) }
    }
    let (upright, w, h) = Self.turn(pixels, width: width, height: height, stride: row, picture.orientation)
    let p = picture.orientation.upright(Double(part.x), Double(part.y), in: size)
    let q = picture.orientation.upright(Double(part.x + part.width), Double(part.y + part.height), in: size)
    let box = PixelBox(x: min(p.x, q.x), y: min(p.y, q.y), width: abs(q.x - p.x), height: abs(q.y - p.y))
    return GrayPicture(width: w, height: h, pixels: upright, region: box)
  }

  /// 16 × 16 mean brightnesses of the cells of `box` (upright, may reach outside: there the value is 0).
  ///
  /// In stored order: whoever compares two of one recording sees the same order in both.
  func signature(_ picture: Picture, box: PixelBox) throws -> [Float] {
    let plane = try luma(picture)
    let size = picture.stored
    let part = picture.orientation.stored(box, in: size)
    let stride = Int(plane.pointer.pointee.linesize.0)
    guard let base = plane.pointer.pointee.data.0 else { return [] }
    func edges(_ start: Double, _ length: Double, _ limit: Int) -> [Int] {
      (0...16).map { Int(min(max(start + length * Double($0) / 16, 0), Double(limit))) }
    }
    let (xs, ys) = (edges(part.x, part.width, size.width), edges(part.y, part.height, size.height))
    var cells = [Float](repeating: 0, count: 256)
    for j in 0..<16 {
      for i in 0..<16 {
        let (left, right, top, bottom) = (xs[i], xs[i + 1], ys[j], ys[j + 1])
        guard right > left, bottom > top else { continue }
        var sum = 0
        for y in top..<bottom {
          let row = base + y * stride
          for x in left..<right { sum &+= Int(row[x]) }
        }
        cells[j * 16 + i] = Float(sum) / Float((right - left) * (bottom - top))
      }
    }
    return cells
  }

  /// The colours of a part (stored pixels); the part may be enlarged.
  func colour(_ picture: Picture, part wanted: PixelBox) throws -> ColourRegion? {
    let size = picture.stored
    // Steps of 32 px keep the number of different scalers small, and chroma whole.
    let box = PixelBox(x: wanted.x - 4, y: wanted.y - 4, width: wanted.width + 8, height: wanted.height + 8)
    guard var part = Self.pixels(box, in: size) else { return nil }
    let (right, bottom) = (part.x + part.width, part.y + part.height)
    (part.x, part.y) = (part.x & ~31, part.y & ~31)
    part.width = min((right + 31) & ~31, size.width) - part.x
    part.height = min((bottom + 31) & ~31, size.height) - part.y
    let view = Frame()
    var code = av_frame_ref(view.pointer, picture.frame.pointer)
    guard code >= 0 else { throw MediaError.libav("libavutil", "hold a picture", code: code, path: path) }
    let fields = view.pointer
    fields.pointee.crop_left = part.x
    fields.pointee.crop_top = part.y
    fields.pointee.crop_right = size.width - part.x - part.width
    fields.pointee.crop_bottom = size.height - part.y - part.height
    code = av_frame_apply_cropping(view.pointer, Int32(AV_FRAME_CROP_UNALIGNED))
    guard code >= 0 else { throw MediaError.libav("libavutil", "cut a picture", code: code, path: path) }
    // Formats with several pixels in a byte are not cut at the left and top: take them as they are.
    let (width, height) = (view.width, view.height)
    if width != part.width { part.x = 0 }
    if height != part.height { part.y = 0 }
    let format = AVPixelFormat(rawValue: view.pointer.pointee.format)
    let context = try colour.context(
      (width, height, format), (width, height, AV_PIX_FMT_RGB24), colours: Self.colours(of: picture.frame), path: path)
    let stride = (width * 3 + 63) & ~31
    var pixels = [UInt8](repeating: 0, count: stride * height + 64)
    try pixels.withUnsafeMutableBufferPointer { buffer in
      var target: UnsafeMutablePointer<UInt8>? = buffer.baseAddress
      var targetStride = Int32(stride)
      let code = Self.scale(context, view, &target, &targetStride)
      guard code >= 0 else { throw MediaError.libav("libswscale", "convert a picture", code: code, path: path) }
    }
    return ColourRegion(x: part.x, y: part.y, width: width, height: height, stride: stride, pixels: pixels)
  }

  /// A frame whose first plane is one byte of brightness a pixel.
  private func luma(_ picture: Picture) throws -> Frame {
    if let luma = picture.luma { return luma }
    let frame = picture.frame
    let format = AVPixelFormat(rawValue: frame.pointer.pointee.format)
    if let description = av_pix_fmt_desc_get(format) {
      let first = description.pointee.comp.0
      let odd = UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL)
      if description.pointee.flags & odd == 0, first.plane == 0, first.step == 1, first.depth == 8 {
        picture.luma = frame
        return frame
      }
    }
    let result = Frame()
    result.pointer.pointee.width = frame.pointer.pointee.width
    result.pointer.pointee.height = frame.pointer.pointee.height
    result.pointer.pointee.format = AV_PIX_FMT_GRAY8.rawValue
    let code = av_frame_get_buffer(result.pointer, 0)
    guard code >= 0 else { throw MediaError.libav("libavutil", "allocate a picture", code: code, path: path) }
    let context = try whole.context(
      (frame.width, frame.height, format), (frame.width, frame.height, AV_PIX_FMT_GRAY8),
      colours: Self.colours(of: frame), path: path)
    var target = result.pointer.pointee.data.0
    var stride = result.pointer.pointee.linesize.0
    let scaled = Self.scale(context, frame, &target, &stride)
    guard scaled >= 0 else { throw MediaError.libav("libswscale", "convert a picture", code: scaled, path: path) }
    picture.luma = result
    return result
  }

  private static func scale(
    _ context: OpaquePointer, _ frame: Frame, _ target: inout UnsafeMutablePointer<UInt8>?, _ stride: inout Int32
  ) -> Int32 {
    withUnsafePointer(to: frame.pointer.pointee.data) { data in
      withUnsafePointer(to: frame.pointer.pointee.linesize) { strides in
        // Eight pointers in a row, which Swift sees as a tuple.
        data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { planes in
          strides.withMemoryRebound(to: Int32.self, capacity: 8) { lines in
            sws_scale(context, planes, lines, 0, Int32(frame.height), &target, &stride)
          }
        }
      }
    }
  }

  /// Matrix and range: the frame's own word, else BT.601 below 720 lines and BT.709 from there, limited range.
  private static func colours(of frame: Frame) -> Scaler.Colours {
    let fields = frame.pointer.pointee
    let unspecified = fields.colorspace == AVCOL_SPC_UNSPECIFIED || fields.colorspace == AVCOL_SPC_RGB
    let matrix = unspecified ? (fields.height < 720 ? SWS_CS_ITU601 : SWS_CS_ITU709) : Int32(fields.colorspace.rawValue)
    return Scaler.Colours(matrix: matrix, full: fields.color_range == AVCOL_RANGE_JPEG)
  }

  /// The whole pixels that a box touches, inside the picture; nil if none.
  private static func pixels(
    _ box: PixelBox, in size: (width: Int, height: Int)
  ) -> (x: Int, y: Int, width: Int, height: Int)? {
    func clamp(_ v: Double, _ limit: Int) -> Int { Int(min(max(v, 0), Double(limit))) }
    let (left, top) = (clamp(box.x.rounded(.down), size.width), clamp(box.y.rounded(.down), size.height))
    let right = clamp((box.x + box.width).rounded(.up), size.width)
    let bottom = clamp((box.y + box.height).rounded(.up), size.height)
    return right > left && bottom > top ? (left, top, right - left, bottom - top) : nil
  }

  /// Turns rows into upright rows without padding.
  private static func turn(
    _ pixels: [UInt8], width: Int, height: Int, stride: Int, _ orientation: Orientation
  ) -> ([UInt8], Int, Int) {
    let (w, h) = orientation.uprightSize(width, height)
    let upright = [UInt8](unsafeUninitializedCapacity: w * h) { buffer, count in
      if orientation == Orientation() {
        pixels.withUnsafeBufferPointer { source in
          for y in 0..<h {
            buffer.baseAddress!.advanced(by: y * w).update(from: source.baseAddress! + y * stride, count: w)
          }
        }
      } else {
        for y in 0..<h {
          for x in 0..<w {
            let p = orientation.stored(Double(x) + 0.5, Double(y) + 0.5, in: (width, height))
            buffer[y * w + x] = pixels[Int(p.y) * stride + Int(p.x)]
          }
        }
      }
      count = w * h
    }
    return (upright, w, h)
  }
}
