internal import CFFmpeg
internal import CSndfile
internal import Files
internal import Glibc
internal import Signal

/// A whole short sound file at once, for evaluation lists; streams are `Recording`'s.
public enum AudioFile {
  /// 16 kHz mono samples in [-1, 1]: wav, flac and their like by libsndfile (16-bit samples are exactly n / 32768),
  /// anything else by FFmpeg. Of several channels each counts as much as its energy, as in `Recording`. Holes in a container's
  /// sound are closed up.
  ///
  /// - Throws: `MediaError` if the file is missing, no sound, broken, cut short, or holds what is no number.
  public static func read16k(_ path: String) throws -> [Float] { try read16k(.path(path)) }

  /// The same for a file that may lie in memory. Pictures are no sound.
  /// - Parameters:
  ///   - source: the file.
  ///   - track: of several tracks of sound; nil: the default one.
  public static func read16k(_ source: MediaSource, track: TrackChoice? = nil) throws -> [Float] {
    let (path, samples) = (source.description, try samples16k(source, track))
    guard let first = samples.firstIndex(where: { !$0.isFinite }) else { return samples }
    let tenths = (first * 10 / AudioChunk.rate).quotientAndRemainder(dividingBy: 10)
    throw MediaError(
      library: "mien", operation: "read as sound",
      message:
        "it has samples that are no numbers (NaN or infinity), the first after \(tenths.quotient).\(tenths.remainder) s",
      path: path, kind: .badData)
  }

  private static func samples16k(_ source: MediaSource, _ choice: TrackChoice?) throws -> [Float] {
    let path = source.description
    let input: ContainerInput
    switch source {
    case .path:
      guard access(path, R_OK) == 0 else { throw MediaError.system("open", path: path) }
      guard !isFolder(path) else { throw noSound(path, "it is a folder") }
      input = .file(path)
    case .memory(let bytes): input = .memory(bytes)
    case .pictures: throw noSound(path, "it has pictures")
    }
    // What libsndfile reads has one track.
    if choice == nil, let opened = OpenSound(input) {
      // The file is closed with `opened`, which must outlive the reading.
      let samples = try withExtendedLifetime(opened) { try read(opened.file, opened.info, path) }
      if let error = try MediaError.damaged("read as sound", damage(input), path: path) { throw error }
      return samples
    }
    let packets = try PacketSource(input, wanted: [.sound], choices: TrackChoices(audio: choice))
    var samples: [Float] = []
    let track = try AudioTrack(packets)
    while let chunk = try track?.next() { samples += chunk.samples }
    let damage = packets.damage + (track?.damage ?? [])
    if let error = MediaError.damaged("read as sound", damage, path: path) { throw error }
    guard !samples.isEmpty else { throw noSound(path, "it has no sound that can be decoded") }
    return samples
  }

  private static func noSound(_ path: String, _ message: String) -> MediaError {
    MediaError(library: "mien", operation: "read as sound", message: message, path: path, kind: .badData)
  }

  /// What is missing at the end, by `Recording`'s reader: libsndfile shortens its count of frames to what it finds.
  private static func damage(_ input: ContainerInput) throws -> [String] {
    guard let source = try? PacketSource(input, wanted: [.sound]) else {
      return input.ending.flatMap { FileEnding.shortfall(of: $0) }.map { ["\(input.name): truncated: \($0)"] } ?? []
    }
    while try source.next(.sound) != nil {}
    return source.damage
  }

  private static func read(_ file: OpaquePointer, _ info: SF_INFO, _ path: String) throws -> [Float] {
    let (channels, rate) = (Int(info.channels), Int(info.samplerate))
    let block = 4096
    var buffer = [Float](repeating: 0, count: block * channels)
    var samples: [Float] = []
    var resampler: Resampler?
    var found = 0
    while true {
      let count = Int(sf_readf_float(file, &buffer, sf_count_t(block)))
      guard count > 0 else { break }
      found += count
      guard rate != AudioChunk.rate || channels > 1 else {
        samples += buffer.prefix(count)
        continue
      }
      let frame = try frame(buffer.prefix(count * channels), channels: channels, rate, path)
      if resampler == nil { resampler = try Resampler(for: frame, path: path) }
      samples += try resampler!.convert(frame, skipping: 0)  // because it was just made
    }
    samples += try resampler?.flush() ?? []
    guard !samples.isEmpty else {
      let message = String(cString: sf_strerror(file))
      throw MediaError(
        library: "libsndfile", operation: "read as sound", code: Int(sf_error(file)),
        message: sf_error(file) == 0 ? "it has no samples" : message, path: path, kind: .badData)
    }
    // A flac's STREAMINFO counts the samples (0: unknown); the frames of the other formats are libsndfile's finding.
    let isFLAC = info.format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_FLAC)
    if isFLAC, info.frames > 0, info.frames < sf_count_t.max, found < info.frames {
      throw MediaError(
        library: "libsndfile", operation: "read as sound",
        message: "truncated: its header promises \(info.frames) samples, \(found) are there", path: path, kind: .badData
      )
    }
    return samples
  }

  private static func frame(
    _ samples: ArraySlice<Float>, channels: Int, _ rate: Int, _ path: String
  ) throws -> Frame {
    let frame = Frame()
    frame.pointer.pointee.format = AV_SAMPLE_FMT_FLT.rawValue
    frame.pointer.pointee.sample_rate = Int32(rate)
    frame.pointer.pointee.nb_samples = Int32(samples.count / channels)
    av_channel_layout_default(&frame.pointer.pointee.ch_layout, Int32(channels))
    let code = av_frame_get_buffer(frame.pointer, 0)
    guard code >= 0, let target = frame.pointer.pointee.data.0 else {
      throw MediaError.libav("libavutil", "hold its sound", code: code, path: path)
    }
    samples.withUnsafeBytes { UnsafeMutableRawPointer(target).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    return frame
  }
}
