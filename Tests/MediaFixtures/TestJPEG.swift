import CFFmpeg
import Foundation

/// One JPEG by libavcodec, as a camera would send it.
package enum TestJPEG {
  /// Grey of every pixel by `draw`; 4:2:2.
  /// - Parameter standardTables: uses the Huffman tables of the standard, so that they may be left out.
  package static func encode(
    width: Int = 320, height: Int = 240, standardTables: Bool = true, draw: (Int, Int) -> UInt8
  ) throws -> [UInt8] {
    let codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG)!
    var context = avcodec_alloc_context3(codec)
    defer { avcodec_free_context(&context) }
    let encoder = context!
    encoder.pointee.width = Int32(width)
    encoder.pointee.height = Int32(height)
    encoder.pointee.pix_fmt = AV_PIX_FMT_YUVJ422P
    encoder.pointee.time_base = AVRational(num: 1, den: 30)
    encoder.pointee.thread_count = 1
    encoder.pointee.flags |= AV_CODEC_FLAG_QSCALE
    encoder.pointee.global_quality = 4 * FF_QP2LAMBDA
    av_opt_set(encoder.pointee.priv_data, "huffman", standardTables ? "default" : "optimal", 0)
    try check(avcodec_open2(encoder, codec, nil), "jpeg encoder")
    var frame = av_frame_alloc()
    defer { av_frame_free(&frame) }
    let picture = frame!
    picture.pointee.width = Int32(width)
    picture.pointee.height = Int32(height)
    picture.pointee.format = AV_PIX_FMT_YUVJ422P.rawValue
    picture.pointee.quality = 4 * FF_QP2LAMBDA
    try check(av_frame_get_buffer(picture, 0), "frame")
    for y in 0..<height {
      for x in 0..<width { picture.pointee.data.0![y * Int(picture.pointee.linesize.0) + x] = draw(x, y) }
      memset(picture.pointee.data.1! + y * Int(picture.pointee.linesize.1), 110, width / 2)
      memset(picture.pointee.data.2! + y * Int(picture.pointee.linesize.2), 150, width / 2)
    }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    try check(avcodec_send_frame(encoder, picture), "encode")
    try check(avcodec_receive_packet(encoder, packet), "jpeg")
    return [UInt8](UnsafeBufferPointer(start: packet!.pointee.data, count: Int(packet!.pointee.size)))
  }

  /// The same without the segments of one marker.
  package static func without(_ marker: UInt8, _ jpeg: [UInt8]) -> [UInt8] {
    var kept = Array(jpeg[0..<2])
    var at = 2
    while jpeg[at + 1] != 0xDA {
      let next = at + 2 + Int(jpeg[at + 2]) << 8 + Int(jpeg[at + 3])
      if jpeg[at + 1] != marker { kept += jpeg[at..<next] }
      at = next
    }
    return kept + jpeg[at...]
  }

  /// Where the coded picture begins.
  package static func scan(_ jpeg: [UInt8]) -> Int {
    var at = 2
    while jpeg[at + 1] != 0xDA { at += 2 + Int(jpeg[at + 2]) << 8 + Int(jpeg[at + 3]) }
    return at + 2 + Int(jpeg[at + 2]) << 8 + Int(jpeg[at + 3])
  }

  private struct Failure: Error { var step: String, code: Int32 }

  private static func check(_ code: Int32, _ step: String) throws {
    if code < 0 { throw Failure(step: step, code: code) }
  }
}
