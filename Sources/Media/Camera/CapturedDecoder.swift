internal import CFFmpeg
internal import Files
internal import Glibc

/// Captured frames as pictures. A picture is a function of its frame's bytes alone, whatever was decoded before.
///
/// JPEG by libavcodec on the caller's thread; raw formats by copies that lose nothing, in the layouts that a lossless
/// codec stores (yuv422p, yuv420p), so that a recording gives the same bits.
package final class CapturedDecoder {
  let path: String
  /// Frames of which no whole picture could be made.
  private(set) var broken = 0
  private var context: UnsafeMutablePointer<AVCodecContext>?
  private var log: UInt = 0
  /// Whether the context may hold Huffman tables that a frame brought.
  private var holdsTables = false
  private let packet = Packet()

  /// - Parameter path: names the camera in messages.
  package init(path: String) { self.path = path }

  deinit { close() }

  /// The picture; nil for a frame that is cut short or damaged, which counts in `broken`.
  ///
  /// libavcodec fills the missing part of a cut JPEG with grey and returns a picture. Here such a frame gives none, because
  /// half a face is worse than the frame before.
  package func decode(_ frame: CapturedFrame) throws -> Picture? {
    let decoded =
      switch frame.format {
      case .jpeg: try jpeg(frame)
      case .yuyv: try PlanarCopy.yuyv(frame, path: path)
      case .nv12: try PlanarCopy.nv12(frame, path: path)
      }
    if decoded == nil { broken += 1 }
    return decoded.map { Picture($0, Orientation()) }
  }

  private func jpeg(_ captured: CapturedFrame) throws -> Frame? {
    let structure = JPEGStructure(captured.bytes)
    guard let end = structure.end, structure.hasQuantization else { return nil }
    // Tables stay in the decoder; a frame without its own means the standard ones, not those of the frame before.
    if holdsTables && !structure.hasHuffman { close() }
    let context = try open()
    holdsTables = structure.hasHuffman
    var code = av_new_packet(packet.pointer, Int32(end))
    guard code >= 0 else { throw MediaError.libav("libavcodec", "decode", code: code, path: path) }
    defer { av_packet_unref(packet.pointer) }
    captured.bytes.withUnsafeBufferPointer {
      packet.pointer.pointee.data.update(from: $0.baseAddress!, count: end)
    }
    let frame = Frame()
    code = avcodec_send_packet(context, packet.pointer)
    if code >= 0 { code = avcodec_receive_frame(context, frame.pointer) }
    if code == cff_averror(ENOMEM) { throw MediaError.libav("libavcodec", "decode", code: code, path: path) }
    return code >= 0 && frame.pointer.pointee.decode_error_flags == 0 ? frame : nil
  }

  private func open() throws -> UnsafeMutablePointer<AVCodecContext> {
    if let context { return context }
    guard let codec = avcodec_find_decoder(AV_CODEC_ID_MJPEG) else {
      throw MediaError(
        library: "libavcodec", operation: "decode", message: "no decoder for mjpeg", path: path, kind: .unsupported)
    }
    guard let opened = avcodec_alloc_context3(codec) else { fatalError("out of memory") }
    context = opened
    LibavLog.watch(opened)
    log = UInt(bitPattern: opened)
    opened.pointee.thread_count = 1
    // A scan that is damaged or too short is an error, not a picture with grey in it.
    opened.pointee.err_recognition = AV_EF_EXPLODE
    let code = avcodec_open2(opened, codec, nil)
    guard code >= 0 else {
      close()
      throw MediaError.libav("libavcodec", "open a decoder", code: code, path: path)
    }
    return opened
  }

  private func close() {
    LibavLog.forget(log)
    avcodec_free_context(&context)
    holdsTables = false
  }
}
