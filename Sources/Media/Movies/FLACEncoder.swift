internal import CFFmpeg
internal import Files
internal import Glibc
internal import Signal

/// 16 kHz mono samples as FLAC packets, by libavcodec: nothing is lost. Frees its encoder.
///
/// A block of FLAC holds `block` samples, whatever was captured between them: a hole in the sound moves the time of the
/// next block, not the samples. A session's chunks.tsv has the exact times.
final class FLACEncoder {
  /// 32 ms: what a killed process loses at most of this.
  static let block = 512

  let path: String
  private(set) var context: UnsafeMutablePointer<AVCodecContext>?
  private var waiting: [Int16] = []
  /// When the first of `waiting` sounded, in milliseconds.
  private var time: Int64 = 0

  init(path: String) throws {
    self.path = path
    LibavLog.capture()
    guard let codec = avcodec_find_encoder(AV_CODEC_ID_FLAC) else {
      throw MediaError(
        library: "libavcodec", operation: "write", message: "no flac encoder", path: path, kind: .unsupported)
    }
    context = avcodec_alloc_context3(codec)
    guard let context else { fatalError("out of memory") }
    context.pointee.sample_rate = Int32(AudioChunk.rate)
    context.pointee.sample_fmt = AV_SAMPLE_FMT_S16
    context.pointee.time_base = AVRational(num: 1, den: 1000)
    context.pointee.frame_size = Int32(Self.block)
    context.pointee.flags |= Int32(AV_CODEC_FLAG_BITEXACT) | AV_CODEC_FLAG_GLOBAL_HEADER
    av_channel_layout_default(&context.pointee.ch_layout, 1)
    let code = avcodec_open2(context, codec, nil)
    guard code >= 0 else {
      avcodec_free_context(&self.context)
      throw MediaError.libav("libavcodec", "open an encoder", code: code, path: path, kind: .cannotWrite)
    }
  }

  deinit { avcodec_free_context(&context) }

  /// - Parameter time: of the first sample, in milliseconds.
  /// - Returns: whole blocks.
  func encode(_ samples: [Int16], at time: Int64) throws -> [Packet] {
    var packets: [Packet] = []
    var taken = 0
    while taken < samples.count {
      if waiting.isEmpty { self.time = time + Int64(taken * 1000 / AudioChunk.rate) }
      let count = min(Self.block - waiting.count, samples.count - taken)
      waiting += samples[taken..<taken + count]
      taken += count
      if waiting.count == Self.block { packets += try send() }
    }
    return packets
  }

  /// The last, shorter block; after this the encoder is spent.
  func finish() throws -> [Packet] {
    var packets = waiting.isEmpty ? [] : try send()
    try check(avcodec_send_frame(context, nil))
    packets += try received()
    return packets
  }

  private func send() throws -> [Packet] {
    let frame = Frame()
    let fields = frame.pointer
    fields.pointee.format = AV_SAMPLE_FMT_S16.rawValue
    fields.pointee.sample_rate = Int32(AudioChunk.rate)
    fields.pointee.nb_samples = Int32(waiting.count)
    fields.pointee.pts = time
    av_channel_layout_default(&fields.pointee.ch_layout, 1)
    try check(av_frame_get_buffer(fields, 0))
    waiting.withUnsafeBytes { source in
      // Non-nil, because the frame was just given a buffer and there are samples.
      UnsafeMutableRawPointer(fields.pointee.data.0!).copyMemory(from: source.baseAddress!, byteCount: source.count)
    }
    waiting.removeAll(keepingCapacity: true)
    try check(avcodec_send_frame(context, fields))
    return try received()
  }

  private func received() throws -> [Packet] {
    var packets: [Packet] = []
    while true {
      let packet = Packet()
      let code = avcodec_receive_packet(context, packet.pointer)
      if code == cff_averror(EAGAIN) || code == cff_error_eof() { return packets }
      try check(code)
      packets.append(packet)
    }
  }

  private func check(_ code: Int32) throws {
    if code < 0 { throw MediaError.libav("libavcodec", "encode sound", code: code, path: path, kind: .cannotWrite) }
  }
}
