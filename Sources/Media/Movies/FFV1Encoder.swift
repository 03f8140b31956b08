internal import CFFmpeg
internal import Files
internal import Glibc

/// Raw pictures as FFV1 packets, by libavcodec: every picture on its own, nothing is lost. Frees its encoder.
final class FFV1Encoder {
  let path: String
  private(set) var context: UnsafeMutablePointer<AVCodecContext>?

  init(width: Int, height: Int, format: AVPixelFormat, path: String) throws {
    self.path = path
    LibavLog.capture()
    guard let codec = avcodec_find_encoder(AV_CODEC_ID_FFV1) else {
      throw MediaError(
        library: "libavcodec", operation: "write", message: "no ffv1 encoder", path: path, kind: .unsupported)
    }
    context = avcodec_alloc_context3(codec)
    guard let context else { fatalError("out of memory") }
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = format
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.time_base = AVRational(num: 1, den: 1000)
    context.pointee.gop_size = 1
    context.pointee.thread_count = 1
    // Golomb-Rice is the quickest of its coders: 8 ms of a core for a noisy 640×480 picture, the others took 22 and more,
    // and were no smaller.
    av_opt_set_int(context.pointee.priv_data, "coder", 0, 0)
    av_opt_set_int(context.pointee.priv_data, "context", 0, 0)
    context.pointee.level = 3
    context.pointee.slices = 4
    context.pointee.flags |= Int32(AV_CODEC_FLAG_BITEXACT) | AV_CODEC_FLAG_GLOBAL_HEADER
    let code = avcodec_open2(context, codec, nil)
    guard code >= 0 else {
      avcodec_free_context(&self.context)
      throw MediaError.libav(
        "libavcodec", "open an encoder for \(width)×\(height)", code: code, path: path, kind: .cannotWrite)
    }
  }

  deinit { avcodec_free_context(&context) }

  /// - Parameter time: in milliseconds.
  func encode(_ frame: Frame, at time: Int64) throws -> Packet {
    frame.pointer.pointee.pts = time
    var code = avcodec_send_frame(context, frame.pointer)
    let packet = Packet()
    if code >= 0 { code = avcodec_receive_packet(context, packet.pointer) }
    guard code >= 0 else {
      throw MediaError.libav("libavcodec", "encode a picture", code: code, path: path, kind: .cannotWrite)
    }
    return packet
  }
}
