internal import Files
internal import Glibc
public import Signal

/// One recording open for reading: frames with the face in front, and 16 kHz mono sound, each at its own pace.
///
/// Zero is the earliest first timestamp of picture or sound. Pull-based; not safe to use from two threads at once.
/// Memory does not grow with the length of the recording, apart from the index that some containers (mp4) carry.
///
/// Broken input gives what can be decoded, then ends; `damage` says what is wrong.
public final class Recording {
  /// Where a recording comes from.
  public enum Input: Hashable, Sendable {
    /// A media file.
    case file(String)
    /// Face images, sorted by name, `fps` a second.
    case folder(String, fps: Double)
    /// A container on standard input.
    case standardInput
    /// A container on an open descriptor, which stays the caller's.
    case descriptor(Int32)

    /// How messages name it.
    var name: String {
      switch self {
      case .file(let path), .folder(let path, fps: _): path
      case .standardInput: "standard input"
      case .descriptor(let number): "descriptor \(number)"
      }
    }
  }

  /// How a recording is read: whose face is followed, how it is framed, and which frames are cropped.
  public struct Options: Sendable {
    /// Whom to follow; `.none` where frames are aligned faces already.
    public var faces = FaceChoice.largest
    public var framing = FaceFraming()
    /// How a face is followed from picture to picture.
    public var following = FaceFollowingPolicy()
    /// Which frames are cropped: those that a window of this schedule asks for, and the last.
    public var schedule = WindowSchedule()
    /// A sound file instead of the recording's own sound: its zero is the recording's, the earliest first timestamp of picture or
    /// own sound.
    public var audio: String?
    /// Seconds by which the sound file is late.
    public var audioOffset = 0.0
    /// Which of several tracks are read; that of the sound is one of `audio`, where there is such a file.
    public var tracks = TrackChoices()
    public var landmarks: LandmarkModel?
    /// Threads of the picture decoder; results do not depend on it.
    public var decodeThreads = 1
    /// A folder (made if missing) for every crop as `<index>_<seconds>.png`.
    public var saveCrops: String?
    /// Asked again and again while a pipe or standard input gives nothing: true ends the recording there, or the
    /// opening with an error of kind `.stopped`.
    public var stop: @Sendable () -> Bool = { false }

    public init() {}
  }

  /// nil: no such track.
  public let video: VideoInfo?
  public let sound: AudioInfo?
  /// Seconds of the longer track, as the container or the number of pictures says; nil for a pipe and where it is unknown.
  public let duration: Double?
  /// A track of sound in which there is something to hear, where nobody has chosen the one that is read and that is silent for a
  /// minute.
  public let betterSound: TrackLabel?

  private let name: String
  private let feed: (any VideoFeed)?
  private let picture: FollowedVideo?
  private let soundTrack: AudioTrack?
  private let sources: [PacketSource]
  private var firstChunk: AudioChunk?
  private var soundZero = Instant.zero

  /// - Throws: `MediaError` if the input is missing, no recording, or nothing in it can be decoded.
  public init(_ input: Input, options: Options = Options()) throws {
    name = input.name
    let own: PacketSource?
    let feed: (any VideoFeed)?
    let shown: Double?
    switch input {
    case .folder(let path, let fps):
      guard fps.isFinite, fps > 0 else {
        throw MediaError(
          library: "mien", operation: "read pictures", message: "\(fps) pictures a second", path: path, kind: .badData)
      }
      let pictures = try FolderFeed(path, fps: fps)
      (own, feed, shown) = (nil, pictures, pictures.duration)
    case .file, .standardInput, .descriptor:
      let wanted: Set<TrackKind> = options.audio == nil ? [.picture, .sound] : [.picture]
      let choices = TrackChoices(video: options.tracks.video, audio: options.audio == nil ? options.tracks.audio : nil)
      let source = try Self.open(input, wanted: wanted, choices, stop: options.stop)
      (own, feed, shown) = (source, try VideoTrack(source, threads: options.decodeThreads), source.duration)
    }
    let separate = try options.audio.map {
      try Self.open(.file($0), wanted: [.sound], TrackChoices(audio: options.tracks.audio), stop: options.stop)
    }
    // With one of two lengths unknown the longer one is too.
    duration = separate.map { separate in shown.flatMap { a in separate.duration.map { max(a, $0) } } } ?? shown
    self.feed = feed
    sources = [own, separate].compactMap { $0 }
    soundTrack = try (separate ?? own).flatMap { try AudioTrack($0) }
    if let audio = options.audio, soundTrack == nil {
      throw MediaError(
        library: "mien", operation: "read its sound", message: "it has no sound track", path: audio, kind: .badData)
    }
    guard feed != nil || soundTrack != nil else {
      throw MediaError(
        library: "mien", operation: "read", message: "it has neither a picture nor a sound track that can be decoded",
        path: name, kind: .badData)
    }
    let schedule = options.schedule
    picture = try feed.map {
      try FollowedVideo($0, path: input.name, options: options) { schedule.wants(frameAt: $1, next: $2) }
    }
    video = feed?.info
    sound = soundTrack?.info
    let several = soundTrack.map { !$0.info.tracks.isEmpty } ?? false
    betterSound = (several ? options.audio ?? Self.file(input) : nil).flatMap {
      SilentTrack.better(in: $0, options.tracks.audio)
    }
    firstChunk = try soundTrack?.next()
    let first = (picture: picture?.firstTime, sound: firstChunk?.start)
    guard first.picture != nil || first.sound != nil else {
      if sources.contains(where: \.isStopped) {
        throw MediaError(library: "mien", operation: "wait for it", message: "stopped", path: name, kind: .stopped)
      }
      var why = (sources.flatMap(\.damage) + (feed?.damage ?? []) + (soundTrack?.damage ?? [])).first
      switch input {
      case .standardInput, .descriptor:
        // From a pipe, an mp4 with its index at the end opens, but its pictures were skipped before the index was read.
        why = "if it is an mp4 with its index at the end, give it by name, or write it with -movflags +faststart"
      case .file, .folder: break
      }
      throw MediaError(
        library: "mien", operation: "read", message: "nothing in it can be decoded" + (why.map { " (\($0))" } ?? ""),
        path: name, kind: .badData)
    }
    let zero = TwoClocks.zero(
      picture: first.picture,
      sound: separate == nil ? first.sound : Self.file(input).flatMap(Self.firstSound),
      separate: separate == nil ? nil : first.sound.map { (start: $0, hasZero: separate?.hasZero == true) },
      offset: Instant(seconds: options.audioOffset))
    picture?.zero = zero.picture
    soundZero = zero.sound
  }

  /// A file that can be read once more.
  private static func file(_ input: Input) -> String? {
    if case .file(let path) = input, isFile(path) { path } else { nil }
  }

  /// When the sound of a recording begins that is not read otherwise; nil where it has none that can be decoded.
  private static func firstSound(_ path: String) -> Instant? {
    guard let source = try? PacketSource(.file(path), wanted: [.sound]), let track = try? AudioTrack(source) else {
      return nil
    }
    return try? track.next()?.start
  }

  /// What was found broken or cut short so far, one line each.
  public var damage: [String] {
    var lines = sources.flatMap(\.damage) + (feed?.damage ?? []) + (soundTrack?.damage ?? [])
    // Of a recording that was left before its end, nothing can be said about what did not come.
    if sources.contains(where: \.isStopped) { return lines }
    if picture != nil, picture?.firstTime == nil { lines.append("\(name): no picture can be decoded") }
    if let soundTrack, soundTrack.delivered == 0 { lines.append("\(name): no sound can be decoded") }
    return lines
  }

  /// The next frame; nil at the end of the picture.
  public func nextFrame() throws -> FaceFrame<FaceCrop>? { try picture?.next() }

  /// The next stretch of sound; nil at its end.
  public func nextChunk() throws -> AudioChunk? {
    let chunk = firstChunk
    firstChunk = nil
    guard var chunk = try chunk ?? soundTrack?.next() else { return nil }
    chunk.start = chunk.start - soundZero
    return chunk
  }

  private static func open(
    _ input: Input, wanted: Set<TrackKind>, _ choices: TrackChoices, stop: @escaping @Sendable () -> Bool
  ) throws -> PacketSource {
    switch input {
    case .file(let path), .folder(let path, fps: _):
      guard !isFolder(path) else {
        throw MediaError(
          library: "mien", operation: "open as a recording", message: "it is a folder", path: path, kind: .badData)
      }
      return try PacketSource(.file(path), wanted: wanted, choices: choices)
    case .standardInput:
      return try PacketSource(.descriptor(0, name: input.name), wanted: wanted, choices: choices, stop: stop)
    case .descriptor(let number):
      return try PacketSource(.descriptor(number, name: input.name), wanted: wanted, choices: choices, stop: stop)
    }
  }
}
