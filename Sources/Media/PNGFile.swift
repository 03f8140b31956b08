internal import CFFmpeg
internal import Glibc
public import Signal

/// Writes face crops as PNG pictures, by libavcodec.
public enum PNGFile {
  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  public static func write(_ crop: FaceCrop, to path: String) throws {
    let bytes = try encode(crop, path: path)
    guard let file = fopen(path, "wbe") else { throw MediaError.system("write", path: path, kind: .cannotWrite) }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      let error = MediaError.system("write", path: path, kind: .cannotWrite)
      unlink(path)
      throw error
    }
  }

  static func encode(_ crop: FaceCrop, path: String) throws -> [UInt8] {
    LibavLog.capture()
    guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG) else {
      throw MediaError(
        library: "libavcodec", operation: "write", message: "no png encoder", path: path, kind: .unsupported)
    }
    var context = avcodec_alloc_context3(codec)
    defer { avcodec_free_context(&context) }
    context!.pointee.width = Int32(crop.side)
    context!.pointee.height = Int32(crop.side)
    context!.pointee.pix_fmt = AV_PIX_FMT_RGB24
    context!.pointee.time_base = AVRational(num: 1, den: 25)
    let frame = Frame()
    frame.pointer.pointee.width = Int32(crop.side)
    frame.pointer.pointee.height = Int32(crop.side)
    frame.pointer.pointee.format = AV_PIX_FMT_RGB24.rawValue
    var code = avcodec_open2(context, codec, nil)
    if code >= 0 { code = av_frame_get_buffer(frame.pointer, 0) }
    let packet = Packet()
    if code >= 0 {
      let stride = Int(frame.pointer.pointee.linesize.0)
      let row = crop.side * 3
      crop.pixels.withUnsafeBufferPointer { pixels in
        for y in 0..<crop.side {
          frame.pointer.pointee.data.0!.advanced(by: y * stride).update(
            from: pixels.baseAddress! + y * row, count: row)
        }
      }
      code = avcodec_send_frame(context, frame.pointer)
    }
    if code >= 0 { code = avcodec_receive_packet(context, packet.pointer) }
    guard code >= 0 else { throw MediaError.libav("libavcodec", "write", code: code, path: path, kind: .cannotWrite) }
    return Array(UnsafeBufferPointer(start: packet.pointer.pointee.data, count: packet.bytes))
  }
}
