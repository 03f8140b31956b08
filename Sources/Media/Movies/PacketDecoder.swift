internal import CFFmpeg
internal import Files
internal import Glibc

/// FFV1 and FLAC packets, each on its own: one in, one picture or stretch of sound out; a damaged one gives none, so that
/// nothing else takes its place. Frees its decoder.
final class PacketDecoder {
  private let path: String
  private var context: UnsafeMutablePointer<AVCodecContext>?

  init(parameters: UnsafePointer<AVCodecParameters>, path: String) throws {
    self.path = path
    LibavLog.capture()
    guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw MediaError(
        library: "libavcodec", operation: "decode", message: "no decoder for \(codecName(parameters.pointee.codec_id))",
        path: path, kind: .unsupported)
    }
    context = avcodec_alloc_context3(codec)
    guard let context else { fatalError("out of memory") }
    avcodec_parameters_to_context(context, parameters)
    context.pointee.thread_count = 1
    // Otherwise a damaged slice of FFV1 would show the picture before.
    context.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE
    let code = avcodec_open2(context, codec, nil)
    guard code >= 0 else {
      avcodec_free_context(&self.context)
      throw MediaError.libav("libavcodec", "open a decoder", code: code, path: path)
    }
  }

  deinit { avcodec_free_context(&context) }

  func decode(_ packet: Packet) throws -> Frame? {
    let frame = Frame()
    var code = avcodec_send_packet(context, packet.pointer)
    if code >= 0 { code = avcodec_receive_frame(context, frame.pointer) }
    if code == cff_averror(ENOMEM) { throw MediaError.libav("libavcodec", "decode", code: code, path: path) }
    return code >= 0 && frame.pointer.pointee.decode_error_flags == 0 ? frame : nil
  }
}
