internal import CFFmpeg
internal import Files
internal import Glibc
internal import Signal

/// A libavcodec decoder: packets in, frames out in the order of presentation.
///
/// Broken packets are counted and passed over; it does not decide what a count means.
final class Decoder {
  let path: String
  private(set) var broken = 0
  private(set) var packets = 0
  private var context: UnsafeMutablePointer<AVCodecContext>?
  private var draining = false
  private var log: UInt = 0

  /// - Parameter strict: no frame of what is broken or cut short, instead of as much of it as can be seen.
  init(
    parameters: UnsafePointer<AVCodecParameters>, timeBase: AVRational, threads: Int, path: String, strict: Bool = false
  ) throws {
    self.path = path
    guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw MediaError(
        library: "libavcodec", operation: "decode", message: "no decoder for \(codecName(parameters.pointee.codec_id))",
        path: path, kind: .unsupported)
    }
    context = avcodec_alloc_context3(codec)
    guard let context else { fatalError("out of memory") }
    LibavLog.watch(context)
    log = UInt(bitPattern: context)
    avcodec_parameters_to_context(context, parameters)
    context.pointee.pkt_timebase = timeBase
    context.pointee.thread_count = Int32(max(threads, 1))
    if strict { context.pointee.err_recognition |= AV_EF_EXPLODE }
    let code = avcodec_open2(context, codec, nil)
    guard code >= 0 else {
      avcodec_free_context(&self.context)
      throw MediaError.libav("libavcodec", "open a decoder", code: code, path: path)
    }
  }

  deinit {
    LibavLog.forget(log)
    avcodec_free_context(&context)
  }

  /// libav's errors since the last call, newest last.
  func complaints() -> [String] { LibavLog.take(log) }

  /// The next frame, pulling packets as needed; nil at the end.
  func next(_ pull: () throws -> Packet?) throws -> Frame? {
    let frame = Frame()
    while true {
      let code = avcodec_receive_frame(context, frame.pointer)
      if code >= 0 { return frame }
      if code == cff_error_eof() { return nil }
      if code != cff_averror(EAGAIN) {
        broken += 1
        if draining { return nil }
      }
      if draining { return nil }
      let packet = try pull()
      if packet == nil { draining = true } else { packets += 1 }
      let sent = avcodec_send_packet(context, packet?.pointer)
      if sent == cff_averror(ENOMEM) { throw MediaError.libav("libavcodec", "decode", code: sent, path: path) }
      if sent < 0, packet != nil { broken += 1 }
    }
  }
}

/// "h264", "aac", …
func codecName(_ id: AVCodecID) -> String { String(cString: avcodec_get_name(id)) }

/// A timestamp in container ticks as an instant; nil for "none".
func instant(_ stamp: Int64, _ base: AVRational) -> Instant? {
  guard stamp != cff_nopts(), base.num > 0, base.den > 0 else { return nil }
  let nanoseconds = av_rescale_q(stamp, base, AVRational(num: 1, den: 1_000_000_000))
  // A hostile file may claim any time; beyond a century the arithmetic could overflow. What cannot be rescaled is the
  // smallest number, which has no absolute value.
  guard nanoseconds.magnitude < 3_000_000_000_000_000_000 else { return nil }
  return Instant(nanoseconds: nanoseconds)
}
