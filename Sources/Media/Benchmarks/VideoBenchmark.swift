internal import CFFmpeg
internal import Files
internal import Glibc
internal import Signal

/// What a live session computes apart from the model, over a recording's frames and sound: CPU time of one thread,
/// stage by stage.
///
/// Motion JPEG goes through the decoder of cameras, anything else through the decoder of files.
public struct VideoBenchmark: Sendable {
  /// Milliseconds of CPU for each stage, over the whole recording.
  public private(set) var decode = 0.0, follow = 0.0, crop = 0.0, windows = 0.0
  public private(set) var frames = 0, windowCount = 0
  /// Frames with a face, and how many people they were taken for.
  public private(set) var faces = 0, people = 0
  /// Seconds of picture.
  public private(set) var seconds = 0.0
  public private(set) var width = 0, height = 0
  /// Root mean square of the change of the crop's centre, and of its side, from frame to frame, in percent of its side.
  public private(set) var centerJitter = 0.0, sideJitter = 0.0

  public var total: Double { decode + follow + crop + windows }

  /// - Throws: `MediaError` for a file that is no recording, or has no picture.
  public init(path: String, options: Recording.Options = Recording.Options()) throws {
    let source = try PacketSource(.file(path), wanted: [.picture])
    guard let track = source.track(.picture), let feed = try VideoTrack(source, threads: 1) else {
      throw MediaError(
        library: "mien", operation: "time", message: "it has no picture", path: path, kind: .badData)
    }
    (width, height) = (feed.info.width, feed.info.height)
    let schedule = options.schedule
    let watcher = try FaceWatcher(
      path: path, faces: options.faces, framing: options.framing, landmarks: options.landmarks
    ) { schedule.wants(frameAt: $1, next: $2) }
    let sound = try AudioTrack(PacketSource(.file(path), wanted: [.sound]))
    var chunk = try sound?.next()
    var assembler = WindowAssembler<FaceCrop>(schedule: schedule, video: true, audio: chunk != nil)
    let isJPEG = track.stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_MJPEG
    let decoder = CapturedDecoder(path: path)
    var zero: Instant?
    var faces: [FollowedFace?] = []

    func take(_ frame: FaceFrame<FaceCrop>?) {
      guard let frame else { return }
      faces.append(frame.face)
      windows += Self.spent { assembler.receive(frame) }
    }
    while true {
      var next: TimedPicture?
      if isJPEG {
        while next == nil, let packet = try source.next(.picture) {
          let fields = packet.pointer.pointee
          let bytes = Array(UnsafeBufferPointer(start: fields.data, count: Int(fields.size)))
          let time = instant(fields.pts, track.timeBase) ?? .zero
          let frame = CapturedFrame(
            index: frames, time: time.nanoseconds, sequence: 0, droppedBefore: 0, format: .jpeg, width: feed.info.width,
            height: feed.info.height, bytes: bytes)
          decode += try Self.spent {
            next = try decoder.decode(frame).map { TimedPicture(picture: $0, time: time, duration: .zero) }
          }
        }
      } else {
        decode += try Self.spent { next = try feed.next() }
      }
      guard var picture = next else { break }
      zero = zero ?? picture.time
      picture.time = picture.time - (zero ?? .zero)
      (frames, seconds) = (frames + 1, picture.time.seconds)
      var finished: FaceFrame<FaceCrop>?
      crop += try Self.spent { finished = try watcher.finish(next: picture.time) }
      take(finished)
      follow += try Self.spent { try watcher.hold(picture, index: frames - 1) }
      while var heard = chunk, heard.start - (zero ?? .zero) < picture.time {
        heard.start = heard.start - (zero ?? .zero)
        windows += Self.spent { assembler.receive(heard) }
        chunk = try sound?.next()
      }
      windows += Self.spent { while assembler.next() != nil { windowCount += 1 } }
    }
    take(try watcher.flush())
    self.faces = faces.count { $0 != nil }
    people = Set(faces.compactMap { $0?.id }).count
    let steps = zip(faces, faces.dropFirst()).compactMap { a, b -> (centre: Double, side: Double)? in
      guard let a, let b, a.id == b.id else { return nil }
      let (dx, dy) = (b.square.centerX - a.square.centerX, b.square.centerY - a.square.centerY)
      return (hypot(dx, dy) / a.square.side * 100, (b.square.side - a.square.side) / a.square.side * 100)
    }
    let count = Double(max(steps.count, 1))
    centerJitter = (steps.map { $0.centre * $0.centre }.reduce(0, +) / count).squareRoot()
    sideJitter = (steps.map { $0.side * $0.side }.reduce(0, +) / count).squareRoot()
  }

  private static func spent(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
    let start = now()
    try body()
    return now() - start
  }
}
