internal import CFFmpeg
internal import Files
internal import Glibc

/// One container opened once: its picture and sound track, and their packets in the order of the file.
///
/// It does not reorder, queue or decode; it notices what is missing from the file.
final class Demuxer {
  /// What a track says about itself.
  struct Track {
    let kind: TrackKind
    let stream: UnsafeMutablePointer<AVStream>
    var index: Int32 { stream.pointee.index }
    var timeBase: AVRational { stream.pointee.time_base }
    /// Before libav guesses: the header's own length, in units of `timeBase`; nil if it has none.
    let statedDuration: Int64?
  }

  let path: String
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private(set) var tracks: [TrackKind: Track] = [:]
  /// What there is of each kind that is wanted, whether it is read or not.
  private(set) var labels: [TrackKind: [TrackLabel]] = [:]
  /// The place in `labels` of each track that is read.
  private(set) var chosen: [TrackKind: Int] = [:]
  /// Why the file ends early, if it does.
  private(set) var truncation: String?
  private(set) var corruptPackets = 0
  /// Whether the caller's `stop` ended the reading.
  private(set) var isStopped = false
  private var ends: [TrackKind: Int64] = [:]
  private var ended = false
  /// The form of a RIFF whose writer could not say how long it would be: it promises nothing.
  private var openForm: String?
  /// Of an input that libav does not open itself.
  private var input: WaitingInput?
  private var memory: MemoryInput?
  private let stop: @Sendable () -> Bool
  /// Under which the log keeps what libav says of this container.
  private var log: UInt = 0

  /// Opens a container. Only the tracks in `wanted` are read, of several of a kind the one in `choices`.
  /// - Parameter stop: asked while a pipe gives nothing.
  init(
    _ opened: ContainerInput, wanted: Set<TrackKind>, choices: TrackChoices = TrackChoices(),
    stop: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (path, self.stop) = (opened.name, stop)
    switch opened {
    case .file: break
    case .descriptor(let number, _): input = WaitingInput(number, stop: stop)
    case .memory(let bytes): memory = MemoryInput(bytes.bytes)
    }
    context = avformat_alloc_context()
    guard let allocated = context else { fatalError("out of memory") }
    allocated.pointee.pb = input?.pointer ?? memory?.pointer
    LibavLog.watch(allocated)
    log = UInt(bitPattern: allocated)
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    // A container that names other files must not reach the network, and one in memory no files either.
    av_dict_set(&options, "protocol_whitelist", memory == nil ? "file,pipe" : "none", 0)
    var code = avformat_open_input(&context, opened.url, nil, &options)
    guard code >= 0, let context else {
      if stop() { throw Self.stopped(path) }
      var error = MediaError.libav("libavformat", "open as a recording", code: code, path: path)
      if code == cff_error_invalid_data() || code == cff_error_eof() {
        error.message =
          input?.given == 0 ? "it is empty" : Self.hint(opened, said: LibavLog.take(log).joined(separator: " "))
      }
      throw error
    }
    let stated = (0..<Int(context.pointee.nb_streams)).map { context.pointee.streams[$0]!.pointee.duration }
    code = avformat_find_stream_info(context, nil)
    guard code >= 0, !(input != nil && stop()) else {
      avformat_close_input(&self.context)
      if stop() { throw Self.stopped(path) }
      throw MediaError.libav("libavformat", "read its tracks", code: code, path: path)
    }
    for kind in TrackKind.allCases where wanted.contains(kind) {
      let found = try ContainerTracks(kind, in: context, choice: choices[kind], path: path)
      (labels[kind], chosen[kind]) = (found.labels, found.chosen)
      if let stream = found.stream {
        let index = Int(stream.pointee.index)
        let duration = index < stated.count && stated[index] != cff_nopts() && stated[index] > 0 ? stated[index] : nil
        tracks[kind] = Track(kind: kind, stream: stream, statedDuration: duration)
      }
    }
    let kept = Set(tracks.values.map(\.index))
    for i in 0..<Int(context.pointee.nb_streams) where !kept.contains(Int32(i)) {
      context.pointee.streams[i]!.pointee.discard = AVDISCARD_ALL
    }
    openForm = FileEnding.openForm(input?.start ?? opened.ending.map(FileEnding.start) ?? [])
    checkIndex()
    if truncation == nil, let ending = opened.ending {
      let isTransportStream = String(cString: context.pointee.iformat.pointee.name) == "mpegts"
      truncation = FileEnding.shortfall(of: ending, isTransportStream: isTransportStream)
    }
  }

  private static func stopped(_ path: String) -> MediaError {
    MediaError(library: "mien", operation: "wait for it", message: "stopped", path: path, kind: .stopped)
  }

  /// What is probably wrong with a file that libav does not recognise.
  private static func hint(_ opened: ContainerInput, said: String) -> String {
    let plain = "it is not a media file of a known format"
    if case .file(let path) = opened, access(path, R_OK) != 0 { return plain }
    guard let ending = opened.ending else { return plain }
    var start = FileEnding.start(of: ending)
    guard !start.isEmpty else { return "the file is empty; record or copy it again" }
    start += [UInt8](repeating: 0, count: 12 - start.count)
    if start.allSatisfy({ $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || (0x20..<0x7F).contains($0) }) {
      return "it is not a media file but looks like text"
    }
    // libav takes anything named .mp4 for one; an mp4 has a box type after the first four bytes.
    let box = String(decoding: start[4..<8], as: UTF8.self)
    guard said.contains("moov atom not found"), ["ftyp", "mdat", "free", "skip", "wide"].contains(box) else {
      return plain
    }
    return "the index (moov) is missing, so the recording was never finished or is cut short; copy it again"
  }

  deinit {
    // First, because the next context may be given this one's address.
    LibavLog.forget(log)
    avformat_close_input(&context)
  }

  /// Whether its time line has a zero of its own, from which a track may start late; those of other formats begin anywhere.
  var hasZero: Bool {
    guard let context else { return false }
    let name = String(cString: context.pointee.iformat.pointee.name)
    return name.contains("matroska") || name.contains("mp4")
  }

  /// Seconds from its first timestamp to its end; nil for a pipe, and where libav only guesses from the bit rate.
  var duration: Double? {
    guard input == nil, let context, context.pointee.duration > 0 else { return nil }
    guard context.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE else { return nil }
    return Double(context.pointee.duration) / Double(AV_TIME_BASE)
  }

  /// Stops reading a track; packets that are already buffered still come.
  func discard(_ kind: TrackKind) { tracks[kind]?.stream.pointee.discard = AVDISCARD_ALL }

  /// The next packet of any wanted track; nil at the end, or where the file breaks off (see `truncation`).
  func read() -> (TrackKind, Packet)? {
    guard let context, !ended else { return nil }
    while true {
      let packet = Packet()
      let code = av_read_frame(context, packet.pointer)
      if code == cff_averror(EAGAIN) { continue }
      guard code >= 0 else {
        ended = true
        finish(code)
        return nil
      }
      guard let track = tracks.values.first(where: { $0.index == packet.pointer.pointee.stream_index }) else {
        continue
      }
      let fields = packet.pointer.pointee
      if fields.flags & AV_PKT_FLAG_CORRUPT != 0 {
        if input != nil && stop() {
          // The packet was cut by our leaving, not by its sender.
          (ended, isStopped) = (true, true)
          return nil
        }
        // libav takes every short packet for a cut one; without a promised length it is just the last.
        let block = max(track.stream.pointee.codecpar.pointee.block_align, 1)
        if openForm != "WAVE" || fields.size % block != 0 { corruptPackets += 1 }
      }
      let stamp = fields.pts != cff_nopts() ? fields.pts : fields.dts
      if stamp != cff_nopts() { ends[track.kind] = max(ends[track.kind] ?? .min, end(of: fields, at: stamp)) }
      return (track.kind, packet)
    }
  }

  /// A hostile file may claim any duration.
  private func end(of packet: AVPacket, at stamp: Int64) -> Int64 {
    let (end, overflows) = stamp.addingReportingOverflow(max(packet.duration, 0))
    return overflows ? stamp : end
  }

  /// An index that points past the end of the file: a recording cut short after its index was written first.
  private func checkIndex() {
    guard let context, let io = context.pointee.pb else { return }
    let size = avio_size(io)
    guard size > 0 else { return }
    for track in tracks.values {
      let count = avformat_index_get_entries_count(track.stream)
      guard count > 0, let last = avformat_index_get_entry(track.stream, count - 1) else { continue }
      let (end, overflows) = last.pointee.pos.addingReportingOverflow(Int64(last.pointee.size))
      if overflows || end > size { truncation = "its index reaches byte \(end) but the file ends at byte \(size)" }
    }
  }

  /// Compares what was read with what the header promised.
  private func finish(_ code: Int32) {
    let said = LibavLog.take(log)
    isStopped = code == cff_error_exit()
    if isStopped { return }
    guard truncation == nil else { return }
    if code != cff_error_eof() {
      truncation = MediaError.libav("libavformat", "read", code: code, path: path).message
      return
    }
    if let line = said.first(where: { $0.contains("prematurely") || $0.contains("partial file") }) {
      truncation = line.split(whereSeparator: \.isNewline).joined(separator: " ")
      return
    }
    for kind in TrackKind.allCases where openForm == nil {
      guard let track = tracks[kind], let stated = track.statedDuration, let end = ends[kind] else { continue }
      let start = track.stream.pointee.start_time == cff_nopts() ? 0 : track.stream.pointee.start_time
      let unit = Double(track.timeBase.num) / Double(track.timeBase.den)
      let (promised, found) = (Double(stated) * unit, (Double(end) - Double(start)) * unit)
      // Headers round, and edit lists cut; half a second is far over both.
      if found < promised - 0.5 {
        let (p, f) = ((promised * 10).rounded() / 10, (found * 10).rounded() / 10)
        truncation = "its header promises \(p) s of \(kind.name), \(f) s are there"
      }
    }
  }
}
