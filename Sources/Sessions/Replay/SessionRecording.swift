public import Media
public import Recognition
public import Signal

/// A recorded session open for reading, shaped like `Recording`: the frames and chunks that the recogniser took when it
/// was live, at the same times, with the same face and the same pixels. So the windows are the same, bit for bit.
///
/// Pull-based; not safe to use from two threads at once. Memory does not grow with the length of the session.
public final class SessionRecording {
  /// What the manifest says that the files do not.
  public struct Facts: Hashable, Sendable {
    /// The session's zero, nanoseconds of CLOCK_MONOTONIC.
    public var zero: Int64
    /// Whether there were such devices, even if they never gave anything.
    public var picture, sound: Bool
    /// false: the process was killed while it recorded.
    public var isClosed: Bool

    public init(zero: Int64, picture: Bool, sound: Bool, isClosed: Bool) {
      (self.zero, self.picture, self.sound, self.isClosed) = (zero, picture, sound, isClosed)
    }
  }

  /// nil: no such device. Zeros and an empty codec where it never gave anything.
  public let video: VideoInfo?
  public let sound: AudioInfo?
  /// Whether a track is over where it gives nil. In a session that was killed a track breaks off there instead, and the
  /// other goes as far as it was written; but one that ends more than a second before the other had lost its device.
  public let videoHasEnded, soundHasEnded: Bool

  /// The windows for which its frames are cut.
  public let schedule: WindowSchedule
  /// Windows that the session has skipped when it was live; none where its faces are looked for anew.
  public let skippedWindows: SkippedWindows
  private let facts: Facts
  private let reader: MovieReader
  private let frames: SessionFrames?
  private let followed: FollowedVideo?
  private let chunks: SessionAudio
  private let everything: Bool

  /// - Parameters:
  ///   - folder: the session's.
  ///   - facts: what the manifest says of it.
  ///   - options: faces and landmarks matter only when faces are looked for anew; `audio` and `stop` do not.
  ///   - refind: looks for faces anew, in all frames and with all sound, also what came too late when it was live.
  /// - Throws: `MediaError` for a folder without movies, or tables that are none.
  public init(_ folder: String, facts: Facts, options: Recording.Options, refind: Bool = false) throws {
    (self.facts, everything) = (facts, refind)
    skippedWindows = refind ? SkippedWindows() : try SkippedWindows(folder: folder)
    reader = MovieReader(SessionFolder.movies(in: folder))
    chunks = try SessionAudio(reader, folder: folder)
    let schedule = options.schedule
    self.schedule = schedule
    if refind {
      let feed = try SessionFeed(reader, folder: folder, zero: facts.zero)
      followed = try FollowedVideo(feed, path: folder, options: options) { schedule.wants(frameAt: $1, next: $2) }
      frames = nil
    } else {
      frames = try SessionFrames(reader, folder: folder, zero: facts.zero, options: options)
      followed = nil
    }
    let ends = facts.isClosed ? nil : try SessionEnds(folder: folder, zero: facts.zero, everything: refind)
    videoHasEnded = ends.map { $0.sound - $0.picture > SessionEnds.loss } ?? true
    soundHasEnded = ends.map { $0.picture - $0.sound > SessionEnds.loss } ?? true
    let picture = reader.picture
    video =
      facts.picture || picture != nil
      ? VideoInfo(
        width: picture?.width ?? 0, height: picture?.height ?? 0, frameRate: nil, rotation: 0,
        codec: picture?.codec ?? "")
      : nil
    let codec = reader.audioCodec
    sound =
      facts.sound || codec != nil
      ? AudioInfo(sampleRate: AudioChunk.rate, channels: 1, codec: codec ?? "") : nil
  }

  /// The next frame; nil at the end of the picture. The last one's duration is zero: nobody knew it.
  public func nextFrame() throws -> FaceFrame<FaceCrop>? { try frames?.next() ?? followed?.next() }

  /// The next stretch of sound; nil at its end.
  public func nextChunk() throws -> AudioChunk? {
    while let (sound, seen) = try chunks.next() {
      if seen || everything { return sound.chunk(zero: facts.zero) }
    }
    return nil
  }

  /// What was found broken so far, one line each. That a session breaks off which was killed is no damage.
  public var damage: [String] {
    var lines = facts.isClosed ? reader.damage : []
    if chunks.isBroken {
      lines.append("\(chunks.path): the sound cannot be decoded from a place on; the rest is left out")
    }
    let broken = frames?.broken ?? 0
    if broken > 0 { lines.append("\(chunks.path): \(broken) pictures of the session cannot be decoded") }
    return lines
  }
}

/// How far the tracks of a session go, by its tables.
private struct SessionEnds {
  /// A device that gave nothing for so long was lost.
  static let loss: Int64 = 1_000_000_000

  var picture: Int64 = 0
  var sound: Int64 = 0

  init(folder: String, zero: Int64, everything: Bool) throws {
    var frames = try SessionTable<SessionFrameRow>(folder: folder)
    var faces = try SessionTable<SessionFaceRow>(folder: folder)
    var chunks = try SessionTable<SessionChunkRow>(folder: folder)
    var seen = try faces.next()
    while let row = try frames.next() {
      while let face = seen, face.frame < row.frame { seen = try faces.next() }
      if everything || seen?.frame == row.frame { picture = max(picture, row.time - zero) }
    }
    while let row = try chunks.next() {
      guard everything || row.seen else { continue }
      sound = max(sound, row.time - zero + Int64(row.count) * 1_000_000_000 / Int64(AudioChunk.rate))
    }
  }
}
