internal import CFFmpeg
internal import Files
internal import Glibc
internal import Signal
internal import Threading

/// A media file that plays a camera: its packets come as they are, in real time.
final class FileCamera: CameraDevice {
  private let path: String
  private let loops: Bool
  private var demuxer: Demuxer?
  private var clock = FrameClock(nominal: Instant(seconds: 0.04))
  /// Of this round's first frame: its time in the file, and when it was due.
  private var first: (time: Instant, due: Int64)?
  /// When the newest frame was due.
  private var last: Int64?
  private var sequence: UInt32 = 0
  private var waiting: (due: Int64, bytes: [UInt8])?

  private let begin: Int64?
  private let choice: TrackChoice?

  /// - Parameter start: monotonic nanoseconds of the file's time 0; nil: its first frame comes at once.
  init(_ path: String, start: Int64? = nil, loops: Bool, track: TrackChoice? = nil) {
    (self.path, begin, self.loops, choice) = (path, start, loops, track)
  }

  func open() throws -> CameraOpening {
    let track = try start()
    let parameters = track.stream.pointee.codecpar.pointee
    guard let (format, code) = Self.format(of: parameters) else {
      throw MediaError(
        library: "mien", operation: "play it as a camera",
        message: "its picture is \(codecName(parameters.codec_id)), a camera's is mjpeg or raw;"
          + " convert it: ffmpeg -i \(path) -c:v mjpeg -q:v 3 out.mkv", path: path, kind: .unsupported)
    }
    var fraction = track.stream.pointee.avg_frame_rate
    if fraction.num <= 0 || fraction.den <= 0 { fraction = track.stream.pointee.r_frame_rate }
    let rate = fraction.num > 0 && fraction.den > 0 ? Double(fraction.num) / Double(fraction.den) : nil
    clock = FrameClock(nominal: Instant(seconds: 1 / min(max(rate ?? 25, 0.1), 1000)))
    let mode = CameraMode(
      format: format, code: code, width: Int(parameters.width), height: Int(parameters.height), rate: rate)
    let size = CameraSize(width: mode.width, height: mode.height, rates: rate.map { [$0] } ?? [])
    let info = CameraInfo(
      name: path, path: path, card: String(path.split(separator: "/").last ?? ""), driver: "file", bus: "",
      formats: [CameraFormat(code: code, sizes: [size])])
    return CameraOpening(info: info, mode: mode, lowLightRemedy: nil)
  }

  func next(until deadline: Int64) -> CameraReading {
    if waiting == nil { waiting = following() }
    guard let (due, bytes) = waiting else { return .ended }
    MonotonicClock.wait(until: min(due, deadline))
    let now = MonotonicClock.now()
    guard now >= due else { return .nothing }
    waiting = nil
    defer { sequence &+= 1 }
    return .frame(DeviceFrame(stamp: due, arrival: now, sequence: sequence, bytes: bytes))
  }

  func close() {
    (demuxer, first, last, waiting) = (nil, nil, nil, nil)
  }

  private func start() throws -> Demuxer.Track {
    let opened = try Demuxer(.file(path), wanted: [.picture], choices: TrackChoices(video: choice))
    guard let track = opened.tracks[.picture] else {
      throw MediaError(
        library: "mien", operation: "play it as a camera", message: "it has no picture", path: path, kind: .badData)
    }
    demuxer = opened
    return track
  }

  /// The next frame and when it is due; nil at the end.
  private func following() -> (due: Int64, bytes: [UInt8])? {
    if let found = read() { return found }
    // A file without a single frame would begin again for ever.
    guard loops, first != nil, (try? start()) != nil else { return nil }
    (first, clock) = (nil, FrameClock(nominal: clock.nominal))
    return read()
  }

  private func read() -> (due: Int64, bytes: [UInt8])? {
    guard let demuxer, let (_, packet) = demuxer.read(), let track = demuxer.tracks[.picture] else { return nil }
    let fields = packet.pointer.pointee
    let time = clock.place(instant(fields.pts != cff_nopts() ? fields.pts : fields.dts, track.timeBase))
    // A new round begins when the last frame of the old one has been shown.
    let start =
      first
      ?? (
        time,
        last.map { $0 + clock.nominal.nanoseconds } ?? begin.map { $0 + time.nanoseconds } ?? MonotonicClock.now()
      )
    let due = start.due + (time - start.time).nanoseconds
    (first, last) = (start, due)
    return (due, [UInt8](UnsafeBufferPointer(start: fields.data, count: Int(fields.size))))
  }

  /// Formats that cameras have.
  private static func format(of parameters: AVCodecParameters) -> (CapturedFrame.Format, String)? {
    switch (parameters.codec_id, parameters.format) {
    case (AV_CODEC_ID_MJPEG, _): (.jpeg, "MJPG")
    case (AV_CODEC_ID_RAWVIDEO, AV_PIX_FMT_YUYV422.rawValue): (.yuyv, "YUYV")
    case (AV_CODEC_ID_RAWVIDEO, AV_PIX_FMT_NV12.rawValue): (.nv12, "NV12")
    default: nil
    }
  }
}
