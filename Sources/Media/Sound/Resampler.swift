internal import CFFmpeg
internal import Files
internal import Signal

/// Sound of any rate, layout and sample type to 16 kHz mono floats, by libswresample; frees its context.
///
/// Several channels are mixed by `ChannelMixer`. Those without names are taken as is usual for that many channels.
final class Resampler {
  /// What a frame must keep for the context to fit.
  struct Shape: Equatable {
    var rate, format, channels: Int32
    var order: UInt32
    var mask: UInt64
  }

  let shape: Shape
  private let path: String
  private var context: OpaquePointer?
  /// nil: there is one channel.
  private var splitter: ChannelSplitter?
  private var mixer: ChannelMixer?
  private var taken = 0
  private var given = 0

  static func shape(of frame: Frame) -> Shape {
    let fields = frame.pointer.pointee
    return Shape(
      rate: fields.sample_rate, format: fields.format, channels: fields.ch_layout.nb_channels,
      order: fields.ch_layout.order.rawValue, mask: fields.ch_layout.u.mask)
  }

  init(for frame: Frame, path: String) throws {
    (self.path, shape) = (path, Self.shape(of: frame))
    var mono = AVChannelLayout()
    av_channel_layout_default(&mono, 1)
    var source = AVChannelLayout()
    let unnamed = frame.pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC
    var code: Int32
    if unnamed || shape.channels == 1 {
      // As ffmpeg guesses; for a count without a usual layout the order stays "unspecified".
      av_channel_layout_default(&source, shape.channels)
      code = 0
    } else {
      code = av_channel_layout_copy(&source, &frame.pointer.pointee.ch_layout)
    }
    defer { av_channel_layout_uninit(&source) }
    var format = AVSampleFormat(rawValue: shape.format)
    if code >= 0, shape.channels > 1 {
      splitter = try ChannelSplitter(source, format: format, rate: shape.rate, path: path)
      let deep = (0..<Int(shape.channels)).filter {
        let channel = av_channel_layout_channel_from_index(&source, UInt32($0))
        return channel == AV_CHAN_LOW_FREQUENCY || channel == AV_CHAN_LOW_FREQUENCY_2
      }
      mixer = ChannelMixer(channels: Int(shape.channels), rate: Int(shape.rate), without: Set(deep))
      format = AV_SAMPLE_FMT_FLT
    }
    if code >= 0 {
      var one = mono
      code = swr_alloc_set_opts2(
        &context, &mono, AV_SAMPLE_FMT_FLT, Int32(AudioChunk.rate), &one, format, shape.rate, 0, nil)
    }
    if code >= 0 {
      // Float inside, whatever comes in; no dither, so that the same file gives the same samples.
      av_opt_set_int(UnsafeMutableRawPointer(context), "internal_sample_fmt", Int64(AV_SAMPLE_FMT_FLTP.rawValue), 0)
      code = swr_init(context)
    }
    guard code >= 0 else {
      swr_free(&context)
      throw MediaError.libav(
        "libswresample", "resample its sound (\(shape.rate) Hz, \(shape.channels) channels)", code: code, path: path,
        kind: .unsupported)
    }
  }

  deinit { swr_free(&context) }

  /// Samples that are ready after this frame, of which the first `skip` are left out.
  func convert(_ frame: Frame, skipping skip: Int) throws -> [Float] {
    let count = Int(frame.pointer.pointee.nb_samples) - skip
    guard count > 0 else { return [] }
    let format = AVSampleFormat(rawValue: shape.format)
    let planar = av_sample_fmt_is_planar(format) != 0
    let step = Int(av_get_bytes_per_sample(format)) * (planar ? 1 : Int(shape.channels))
    var planes = (0..<(planar ? Int(shape.channels) : 1)).map {
      frame.pointer.pointee.extended_data[$0].map { UnsafePointer($0 + skip * step) }
    }
    taken += count
    guard let splitter else { return try run(&planes, Int32(count)) }
    let mixed = try splitter.split(&planes, count: count) { mixer?.mix($0, count: count) ?? [] }
    return try run(mixed)
  }

  /// What is still inside; after this the resampler is spent.
  func flush() throws -> [Float] {
    var rest = try run(mixer?.flush() ?? []) + run(nil, 0)
    // The filter's tail is not sound: as many samples as the source lasts, and no more.
    let due = (taken * AudioChunk.rate + Int(shape.rate) - 1) / Int(shape.rate)
    if given > due { rest.removeLast(min(given - due, rest.count)) }
    return rest
  }

  /// The same for samples of one channel.
  private func run(_ samples: [Float]) throws -> [Float] {
    guard !samples.isEmpty else { return [] }
    return try samples.withUnsafeBytes {
      var plane: UnsafePointer<UInt8>? = $0.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return try run(&plane, Int32(samples.count))
    }
  }

  private func run(_ planes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int32) throws -> [Float] {
    let room = swr_get_out_samples(context, count)
    guard room > 0 else { return [] }
    var code: Int32 = 0
    let samples = [Float](unsafeUninitializedCapacity: Int(room)) { buffer, filled in
      var target: UnsafeMutablePointer<UInt8>? = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(
        to: UInt8.self)
      code = swr_convert(context, &target, room, planes, count)
      filled = max(Int(code), 0)
    }
    guard code >= 0 else { throw MediaError.libav("libswresample", "resample its sound", code: code, path: path) }
    given += samples.count
    return samples
  }
}
