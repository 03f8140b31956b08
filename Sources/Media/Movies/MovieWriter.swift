internal import CFFmpeg
internal import Files
internal import Glibc

/// Writes one Matroska file: a track of pictures, one of sound, or both, fixed at the start.
///
/// Clusters are short and `flush()` ends one, so that a killed process loses no more than was written since; what is in
/// the file then plays. Times are whole milliseconds, for players; a session's tables have the exact ones.
package final class MovieWriter {
  /// What the picture track holds.
  package struct Shape: Hashable, Sendable {
    var format: CapturedFrame.Format
    package var width, height: Int

    /// nil: a frame of which bytes are missing; it has no place in a movie.
    package init?(_ frame: CapturedFrame) {
      (format, width, height) = (frame.format, frame.width, frame.height)
      guard (1...16_384).contains(width), (1...16_384).contains(height) else { return nil }
      let isWhole =
        switch format {
        case .jpeg: !frame.bytes.isEmpty
        case .yuyv: width % 2 == 0 && frame.bytes.count >= 2 * width * height
        case .nv12: width % 2 == 0 && height % 2 == 0 && frame.bytes.count >= width * height * 3 / 2
        }
      guard isWhole else { return nil }
    }

    package var codec: String { format == .jpeg ? "mjpeg" : "ffv1" }
  }

  /// A cluster holds no more than so many milliseconds.
  package static let cluster: Int64 = 200

  let path: String
  package let shape: Shape?
  let hasSound: Bool
  private(set) var frames = 0
  private(set) var samples = 0
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var picture: UnsafeMutablePointer<AVStream>?
  private var sound: UnsafeMutablePointer<AVStream>?
  private let ffv1: FFV1Encoder?
  private let flac: FLACEncoder?
  /// The newest time in each track: times never go back.
  private var newest: [Int32: Int64] = [:]
  private var isOpen = false

  /// Makes the file and writes its header.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  package init(_ path: String, shape: Shape?, hasSound: Bool) throws {
    (self.path, self.shape, self.hasSound) = (path, shape, hasSound)
    LibavLog.capture()
    ffv1 =
      try shape.flatMap { shape in
        guard shape.format != .jpeg else { return nil }
        let planes = shape.format == .yuyv ? AV_PIX_FMT_YUV422P : AV_PIX_FMT_YUV420P
        return try FFV1Encoder(width: shape.width, height: shape.height, format: planes, path: path)
      }
    flac = hasSound ? try FLACEncoder(path: path) : nil
    try check(avformat_alloc_output_context2(&context, nil, "matroska", path), "make")
    guard let context else { fatalError("out of memory") }
    // No random numbers and no library versions in the file.
    context.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS | AVFMT_FLAG_BITEXACT
    av_opt_set_int(context.pointee.priv_data, "cluster_time_limit", Self.cluster, 0)
    if let shape { picture = try addPicture(shape, to: context) }
    if let flac {
      sound = try addStream(to: context)
      try check(avcodec_parameters_from_context(sound?.pointee.codecpar, flac.context), "make")
    }
    try check(avio_open(&context.pointee.pb, "file:" + path, AVIO_FLAG_WRITE), "write")
    try check(avformat_write_header(context, nil), "write")
    isOpen = true
  }

  deinit {
    if let context { avio_closep(&context.pointee.pb) }
    avformat_free_context(context)
  }

  /// A frame of the movie's shape.
  package func add(_ frame: CapturedFrame, at time: Int64) throws {
    guard let picture, let own = Shape(frame), own == shape else { preconditionFailure("a picture of another shape") }
    let packet: Packet
    switch frame.format {
    case .jpeg:
      packet = Packet()
      try check(av_new_packet(packet.pointer, Int32(frame.bytes.count)), "hold a picture")
      frame.bytes.withUnsafeBufferPointer { packet.pointer.pointee.data.update(from: $0.baseAddress!, count: $0.count) }
      packet.pointer.pointee.pts = time
    case .yuyv, .nv12:
      let planes =
        frame.format == .yuyv ? try PlanarCopy.yuyv(frame, path: path) : try PlanarCopy.nv12(frame, path: path)
      // Because a frame with a shape has all its bytes, and a raw shape has its encoder.
      packet = try ffv1!.encode(planes!, at: time)
    }
    packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
    try write(packet, to: picture)
    frames += 1
  }

  /// - Parameter time: of the first sample.
  package func add(_ sound: [Int16], at time: Int64) throws {
    guard let flac else { preconditionFailure("sound for a movie without it") }
    for packet in try flac.encode(sound, at: time) { try write(packet, to: self.sound!) }  // because it has an encoder
    samples += sound.count
  }

  /// Ends the cluster: all that was added is with the kernel, but for the sound's last 32 ms at most.
  package func flush() throws { try check(av_write_frame(context, nil), "write") }

  /// Writes what players want at the end. Nothing may be added after it.
  package func finish() throws {
    guard isOpen else { return }
    isOpen = false
    if let flac, let sound { for packet in try flac.finish() { try write(packet, to: sound) } }
    try check(av_write_trailer(context), "write")
    // Only closing tells whether the last bytes found room.
    try check(avio_closep(&context!.pointee.pb), "write")
  }

  private func addPicture(
    _ shape: Shape, to context: UnsafeMutablePointer<AVFormatContext>
  ) throws -> UnsafeMutablePointer<AVStream> {
    let stream = try addStream(to: context)
    if let ffv1 {
      try check(avcodec_parameters_from_context(stream.pointee.codecpar, ffv1.context), "make")
    } else {
      let parameters = stream.pointee.codecpar
      parameters?.pointee.codec_type = AVMEDIA_TYPE_VIDEO
      parameters?.pointee.codec_id = AV_CODEC_ID_MJPEG
      parameters?.pointee.width = Int32(clamping: shape.width)
      parameters?.pointee.height = Int32(clamping: shape.height)
    }
    return stream
  }

  private func addStream(to context: UnsafeMutablePointer<AVFormatContext>) throws -> UnsafeMutablePointer<AVStream> {
    guard let stream = avformat_new_stream(context, nil) else { fatalError("out of memory") }
    stream.pointee.time_base = AVRational(num: 1, den: 1000)
    return stream
  }

  private func write(_ packet: Packet, to stream: UnsafeMutablePointer<AVStream>) throws {
    let fields = packet.pointer
    let index = stream.pointee.index
    // The encoder's last packet may hold nothing but a header's new contents.
    let time = fields.pointee.pts == cff_nopts() ? newest[index] ?? 0 : max(fields.pointee.pts, newest[index] ?? 0)
    newest[index] = time
    (fields.pointee.pts, fields.pointee.dts, fields.pointee.stream_index) = (time, time, index)
    // The order is the order of arrival: nothing waits in libavformat for another track.
    try check(av_write_frame(context, fields), "write")
  }

  private func check(_ code: Int32, _ operation: String) throws {
    if code < 0 { throw MediaError.libav("libavformat", operation, code: code, path: path, kind: .cannotWrite) }
  }
}
