internal import CFFmpeg
internal import Glibc
internal import Signal

/// The decoded pictures of a recording's track.
final class VideoTrack: VideoFeed {
  let info: VideoInfo
  private let source: PacketSource
  private let decoder: Decoder
  private let timeBase: AVRational
  private let orientation: Orientation
  private var clock: FrameClock
  private var brokenBefore = 0

  /// nil: the source has no picture.
  init?(_ source: PacketSource, threads: Int) throws {
    guard let track = source.track(.picture) else { return nil }
    self.source = source
    let parameters = track.stream.pointee.codecpar.pointee
    timeBase = track.timeBase
    decoder = try Decoder(
      parameters: track.stream.pointee.codecpar, timeBase: timeBase, threads: threads, path: source.path)
    var size = 0
    let matrix = av_stream_get_side_data(track.stream, AV_PKT_DATA_DISPLAYMATRIX, &size)
    if let matrix, size >= 36 {
      // Nine 32-bit numbers, by ISO/IEC 14496-12.
      orientation = matrix.withMemoryRebound(to: Int32.self, capacity: 9) { Orientation(displayMatrix: $0) }
    } else {
      orientation = Orientation()
    }
    var rate = track.stream.pointee.avg_frame_rate
    if rate.num <= 0 || rate.den <= 0 { rate = track.stream.pointee.r_frame_rate }
    let perSecond = rate.num > 0 && rate.den > 0 ? Double(rate.num) / Double(rate.den) : nil
    clock = FrameClock(nominal: Instant(seconds: 1 / min(max(perSecond ?? 25, 0.1), 1000)))
    let (width, height) = orientation.uprightSize(Int(parameters.width), Int(parameters.height))
    var info = VideoInfo(
      width: width, height: height, frameRate: perSecond, rotation: orientation.degrees,
      codec: codecName(parameters.codec_id))
    (info.track, info.tracks) = (source.number(.picture), source.labels(.picture))
    self.info = info
  }

  func next() throws -> TimedPicture? {
    guard let frame = try decoder.next({ try source.next(.picture) }) else { return nil }
    let fields = frame.pointer.pointee
    let time = clock.place(instant(fields.best_effort_timestamp, timeBase))
    let stated =
      fields.pkt_duration > 0 ? instant(fields.pkt_duration, timeBase).flatMap { $0 > Leaps.most ? nil : $0 } : nil
    defer { brokenBefore = decoder.broken }
    return TimedPicture(
      picture: Picture(frame, orientation), time: time, duration: stated ?? clock.nominal,
      droppedBefore: decoder.broken - brokenBefore)
  }

  var damage: [String] {
    var lines: [String] = []
    if decoder.broken > 0 {
      lines.append("\(source.path): \(decoder.broken) of \(decoder.packets) packets of picture cannot be decoded")
    }
    if clock.resets > 0 { lines.append("\(source.path): timestamps of the picture jump back \(clock.resets) times") }
    if clock.leaps.refused > 0 {
      lines.append(
        "\(source.path): timestamps of the picture leap forward \(clock.leaps.refused) times too far")
    }
    return lines
  }
}

/// The pictures of a folder, evenly spaced.
final class FolderFeed: VideoFeed {
  let info: VideoInfo
  private(set) var damage: [String] = []
  /// Seconds of all pictures.
  var duration: Double { Double(folder.files.count) * interval }
  private let folder: ImageFolder
  private let interval: Double
  private var index = 0
  private var dropped = 0

  init(_ path: String, fps: Double) throws {
    folder = try ImageFolder(path)
    interval = 1 / fps
    let first = try folder.picture(0)
    let suffix = folder.files[0].split(separator: ".").last.map(String.init) ?? ""
    info = VideoInfo(
      width: first.width, height: first.height, frameRate: fps, rotation: 0, codec: suffix.lowercased())
  }

  func next() throws -> TimedPicture? {
    while index < folder.files.count {
      defer { index += 1 }
      do {
        let picture = try folder.picture(index)
        defer { dropped = 0 }
        let (start, end) = (Double(index) * interval, Double(index + 1) * interval)
        let time = Instant(seconds: start)
        return TimedPicture(
          picture: picture, time: time, duration: Instant(seconds: end) - time, droppedBefore: dropped)
      } catch let error as MediaError {
        dropped += 1
        if damage.count < 10 { damage.append(error.description) }
      }
    }
    return nil
  }
}
