internal import CFFmpeg
internal import Files
internal import Glibc

/// Encodes one picture with one of libavcodec's encoders of stills, and writes it to the disk.
enum StillEncoder {
  /// - Parameter configure: sets the codec's own options before it is opened.
  static func encode(
    _ frame: Frame, codec id: AVCodecID, path: String,
    configure: (UnsafeMutablePointer<AVCodecContext>) -> Void
  ) throws -> [UInt8] {
    LibavLog.capture()
    guard let codec = avcodec_find_encoder(id), var context = Optional(avcodec_alloc_context3(codec)) else {
      let name = String(cString: avcodec_get_name(id))
      throw MediaError(
        library: "libavcodec", operation: "write", message: "no \(name) encoder", path: path, kind: .unsupported)
    }
    defer { avcodec_free_context(&context) }
    let fields = frame.pointer.pointee
    context!.pointee.width = fields.width
    context!.pointee.height = fields.height
    context!.pointee.pix_fmt = AVPixelFormat(rawValue: fields.format)
    context!.pointee.time_base = AVRational(num: 1, den: 25)
    configure(context!)
    let packet = Packet()
    var code = avcodec_open2(context, codec, nil)
    if code >= 0 { code = avcodec_send_frame(context, frame.pointer) }
    if code >= 0 { code = avcodec_receive_packet(context, packet.pointer) }
    guard code >= 0 else { throw MediaError.libav("libavcodec", "write", code: code, path: path, kind: .cannotWrite) }
    return Array(UnsafeBufferPointer(start: packet.pointer.pointee.data, count: packet.bytes))
  }

  /// A frame with memory of its own.
  static func frame(width: Int, height: Int, format: AVPixelFormat, path: String) throws -> Frame {
    let frame = Frame()
    frame.pointer.pointee.width = Int32(width)
    frame.pointer.pointee.height = Int32(height)
    frame.pointer.pointee.format = format.rawValue
    let code = av_frame_get_buffer(frame.pointer, 0)
    guard code >= 0 else { throw MediaError.libav("libavutil", "write", code: code, path: path, kind: .cannotWrite) }
    return frame
  }

  /// Pixels as libav has them.
  /// - Parameter rgb: row-major, three bytes a pixel.
  static func frame(rgb: [UInt8], width: Int, height: Int, path: String) throws -> Frame {
    precondition(rgb.count == 3 * width * height, "\(rgb.count) bytes for \(width)×\(height) pixels")
    let frame = try frame(width: width, height: height, format: AV_PIX_FMT_RGB24, path: path)
    let stride = Int(frame.pointer.pointee.linesize.0)
    rgb.withUnsafeBufferPointer { bytes in
      for y in 0..<height {
        // Non-nil, because the frame was just given a buffer, and there are pixels.
        frame.pointer.pointee.data.0!.advanced(by: y * stride).update(
          from: bytes.baseAddress! + 3 * y * width, count: 3 * width)
      }
    }
    return frame
  }

  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wbe") else { throw MediaError.system("write", path: path, kind: .cannotWrite) }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      let error = MediaError.system("write", path: path, kind: .cannotWrite)
      unlink(path)
      throw error
    }
  }
}
