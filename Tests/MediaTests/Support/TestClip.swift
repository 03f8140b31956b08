import CFFmpeg
import Foundation

/// Writes small recordings with libav, so that the tests bring their own inputs and know what is in them.
struct TestClip {
  struct Picture {
    var codec = AV_CODEC_ID_MJPEG
    var width = 320, height = 240
    /// When each picture is shown, in milliseconds.
    var times: [Int64]
    /// The picture's brightness; grey.
    var draw: (Int) -> [UInt8]
    /// Quarter turns in the display matrix, clockwise.
    var quarters = 0
    var bFrames = 0
  }

  struct Sound {
    var codec = AV_CODEC_ID_PCM_S16LE
    var rate = 16_000
    var channels = 1
    /// When the first sample sounds, in milliseconds.
    var start: Int64 = 0
    /// Mono samples in [-1, 1], put into every channel.
    var samples: [Float]
    /// What each channel's samples are multiplied by; nil: 1.
    var levels: [Float]?
    /// A hole: samples from this index on are this many milliseconds late.
    var hole: (at: Int, milliseconds: Int64)?
    var title, language: String?
    /// Whether the container wants it to be taken where nobody chooses.
    var isDefault = false
  }

  var picture: Picture?
  var sound: Sound?
  /// Further tracks of sound.
  var others: [Sound] = []
  var fastStart = false
  /// Write all pictures before the first sound.
  var apart = false

  struct Failure: Error { var step: String, code: Int32 }

  static func check(_ code: Int32, _ step: String) throws {
    if code < 0 { throw Failure(step: step, code: code) }
  }

  /// The container follows from the path's ending.
  func write(to path: String) throws {
    var context: UnsafeMutablePointer<AVFormatContext>?
    try Self.check(avformat_alloc_output_context2(&context, nil, nil, path), "container")
    let output = context!
    defer { avformat_free_context(output) }
    if fastStart { av_opt_set(output.pointee.priv_data, "movflags", "faststart", 0) }
    let video = try picture.map { try Track(picture: $0, in: output) }
    let sounds = [sound].compactMap { $0 } + others
    let audio = try sounds.map { try Track(sound: $0, in: output) }
    try Self.check(avio_open(&output.pointee.pb, path, AVIO_FLAG_WRITE), "open")
    defer { avio_closep(&output.pointee.pb) }
    try Self.check(avformat_write_header(output, nil), "header")
    var packets: [(time: Double, packet: UnsafeMutablePointer<AVPacket>)] = []
    if let video, let picture { packets += try video.encode(picture) }
    for (track, sound) in zip(audio, sounds) { packets += try track.encode(sound) }
    if !apart { packets.sort { $0.time < $1.time } }
    for (_, packet) in packets {
      let track = ([video].compactMap { $0 } + audio).first { $0.stream.pointee.index == packet.pointee.stream_index }!
      av_packet_rescale_ts(packet, track.context.pointee.time_base, track.stream.pointee.time_base)
      // Not av_interleaved_write_frame: the order is ours.
      try Self.check(av_write_frame(output, packet), "packet")
      var freed: UnsafeMutablePointer<AVPacket>? = packet
      av_packet_free(&freed)
    }
    try Self.check(av_write_trailer(output), "trailer")
    video?.close()
    for track in audio { track.close() }
  }

  private struct Track {
    let stream: UnsafeMutablePointer<AVStream>
    let context: UnsafeMutablePointer<AVCodecContext>

    init(picture: Picture, in output: UnsafeMutablePointer<AVFormatContext>) throws {
      let codec = avcodec_find_encoder(picture.codec)!
      context = avcodec_alloc_context3(codec)!
      context.pointee.width = Int32(picture.width)
      context.pointee.height = Int32(picture.height)
      context.pointee.pix_fmt = picture.codec == AV_CODEC_ID_MJPEG ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P
      context.pointee.time_base = AVRational(num: 1, den: 1000)
      context.pointee.framerate = AVRational(num: 25, den: 1)
      context.pointee.max_b_frames = Int32(picture.bFrames)
      context.pointee.gop_size = 12
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE | Int32(AV_CODEC_FLAG_BITEXACT)
      context.pointee.global_quality = 3 * FF_QP2LAMBDA
      if output.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
      }
      try check(avcodec_open2(context, codec, nil), "picture encoder")
      stream = avformat_new_stream(output, codec)!
      stream.pointee.time_base = context.pointee.time_base
      try check(avcodec_parameters_from_context(stream.pointee.codecpar, context), "parameters")
      if picture.quarters != 0 {
        let matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36)!
        matrix.withMemoryRebound(to: Int32.self, capacity: 9) {
          av_display_rotation_set($0, Double(90 * picture.quarters))
        }
      }
    }

    init(sound: Sound, in output: UnsafeMutablePointer<AVFormatContext>) throws {
      let codec = avcodec_find_encoder(sound.codec)!
      context = avcodec_alloc_context3(codec)!
      context.pointee.sample_rate = Int32(sound.rate)
      context.pointee.sample_fmt = codec.pointee.sample_fmts[0]
      context.pointee.time_base = AVRational(num: 1, den: Int32(sound.rate))
      av_channel_layout_default(&context.pointee.ch_layout, Int32(sound.channels))
      if output.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
      }
      try check(avcodec_open2(context, codec, nil), "sound encoder")
      stream = avformat_new_stream(output, codec)!
      stream.pointee.time_base = context.pointee.time_base
      try check(avcodec_parameters_from_context(stream.pointee.codecpar, context), "parameters")
      for (key, value) in [("title", sound.title), ("language", sound.language)] {
        if let value { av_dict_set(&stream.pointee.metadata, key, value, 0) }
      }
      if sound.isDefault { stream.pointee.disposition |= AV_DISPOSITION_DEFAULT }
    }

    func close() {
      var freed: UnsafeMutablePointer<AVCodecContext>? = context
      avcodec_free_context(&freed)
    }

    private func drain(_ frame: UnsafeMutablePointer<AVFrame>?) throws -> [(Double, UnsafeMutablePointer<AVPacket>)] {
      try check(avcodec_send_frame(context, frame), "encode")
      var packets: [(Double, UnsafeMutablePointer<AVPacket>)] = []
      while true {
        let packet = av_packet_alloc()!
        let code = avcodec_receive_packet(context, packet)
        guard code >= 0 else {
          var freed: UnsafeMutablePointer<AVPacket>? = packet
          av_packet_free(&freed)
          return packets
        }
        packet.pointee.stream_index = stream.pointee.index
        if context.pointee.codec_type == AVMEDIA_TYPE_VIDEO { packet.pointee.duration = 40 }
        let base = context.pointee.time_base
        packets.append((Double(packet.pointee.dts) * Double(base.num) / Double(base.den), packet))
      }
    }

    func encode(_ picture: Picture) throws -> [(time: Double, packet: UnsafeMutablePointer<AVPacket>)] {
      var packets: [(Double, UnsafeMutablePointer<AVPacket>)] = []
      for (i, time) in picture.times.enumerated() {
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        frame!.pointee.width = Int32(picture.width)
        frame!.pointee.height = Int32(picture.height)
        frame!.pointee.format = context.pointee.pix_fmt.rawValue
        frame!.pointee.pts = time
        frame!.pointee.quality = 3 * FF_QP2LAMBDA
        try check(av_frame_get_buffer(frame, 0), "frame")
        let pixels = picture.draw(i)
        for y in 0..<picture.height {
          for x in 0..<picture.width {
            frame!.pointee.data.0![y * Int(frame!.pointee.linesize.0) + x] = pixels[y * picture.width + x]
          }
        }
        for y in 0..<picture.height / 2 {
          memset(frame!.pointee.data.1! + y * Int(frame!.pointee.linesize.1), 128, picture.width / 2)
          memset(frame!.pointee.data.2! + y * Int(frame!.pointee.linesize.2), 128, picture.width / 2)
        }
        packets += try drain(frame)
      }
      return try (packets + drain(nil)).map { (time: $0.0, packet: $0.1) }
    }

    func encode(_ sound: Sound) throws -> [(time: Double, packet: UnsafeMutablePointer<AVPacket>)] {
      var packets: [(Double, UnsafeMutablePointer<AVPacket>)] = []
      let block = context.pointee.frame_size > 0 ? Int(context.pointee.frame_size) : 400
      var at = 0
      while at < sound.samples.count {
        let count = min(block, sound.samples.count - at)
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        frame!.pointee.nb_samples = Int32(count)
        frame!.pointee.format = context.pointee.sample_fmt.rawValue
        frame!.pointee.sample_rate = Int32(sound.rate)
        av_channel_layout_copy(&frame!.pointee.ch_layout, &context.pointee.ch_layout)
        try check(av_frame_get_buffer(frame, 0), "frame")
        let late = sound.hole.map { at >= $0.at ? $0.milliseconds : 0 } ?? 0
        frame!.pointee.pts = Int64(at) + (sound.start + late) * Int64(sound.rate) / 1000
        for i in 0..<count {
          for c in 0..<sound.channels {
            let value = sound.samples[at + i] * (sound.levels?[c] ?? 1)
            switch context.pointee.sample_fmt {
            case AV_SAMPLE_FMT_S16:
              UnsafeMutableRawPointer(frame!.pointee.data.0!).assumingMemoryBound(to: Int16.self)[
                i * sound.channels + c] = Int16((value * 32768).rounded())
            case AV_SAMPLE_FMT_FLTP:
              UnsafeMutableRawPointer(frame!.pointee.extended_data[c]!).assumingMemoryBound(to: Float.self)[i] = value
            default: fatalError("sample type \(context.pointee.sample_fmt)")
            }
          }
        }
        packets += try drain(frame)
        at += count
      }
      return try (packets + drain(nil)).map { (time: $0.0, packet: $0.1) }
    }
  }
}

func sine(_ frequency: Double, rate: Int, seconds: Double, level: Float = 0.5) -> [Float] {
  (0..<Int(Double(rate) * seconds)).map { level * Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
}

/// A moving ramp that no face is in.
func ramp(_ width: Int, _ height: Int) -> (Int) -> [UInt8] {
  { i in (0..<width * height).map { UInt8(($0 % width + $0 / width + 3 * i) & 255) } }
}
