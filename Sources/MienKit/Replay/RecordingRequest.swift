internal import Files
public import Media
internal import Recognition
public import Sessions
public import Signal

/// A recording or a recorded session, and how it is to be read. What is nil is decided by the session's own manifest,
/// else by the defaults.
public struct RecordingRequest: Sendable {
  /// A media file, a recorded session, a folder of face images, or `-` for a media file on standard input.
  public let path: String
  /// From one window to the next, and so which frames are cut. nil: the session's own, else `WindowSchedule.usualHop`.
  public var hop: Instant?
  /// Whom to follow. nil: as the session did, nobody in a folder of images, else the largest face.
  public var face: FaceChoice?
  /// A sound file that replaces the recording's sound.
  public var audio: String?
  /// Seconds by which that file is late.
  public var audioOffset = 0.0
  /// Which of several tracks are read.
  public var tracks = TrackChoices()
  /// Images a second in a folder.
  public var imagesPerSecond = 25.0
  /// Places the eyes exactly.
  public var landmarks: LandmarkModel?
  /// A folder for every face that the model sees, as png.
  public var saveCrops: String?
  /// Looks for faces anew in a session, instead of following them as it did when it was recorded.
  public var refindsFaces = false
  /// Asked again and again while standard input gives nothing: true ends the recording there.
  public var stop: @Sendable () -> Bool = { false }

  public init(_ path: String) { self.path = path }

  /// Whether the path is a recorded session.
  public var isSession: Bool { SessionFolder.isSession(path) }

  /// What the session says of itself; nil: it is none.
  /// - Throws: `FileError`.
  public var manifest: SessionManifest? { get throws { isSession ? try SessionManifest(folder: path) : nil } }

  /// Opens it for a model.
  /// - Parameters:
  ///   - manifest: the session's own; nil: it is none.
  ///   - framing: how the model wants faces to be cut out.
  ///   - following: how faces are followed for the model, where that was not done before.
  ///   - note: gets what happened on the way, in its order.
  /// - Throws: `MediaError`.
  public func open(
    _ manifest: SessionManifest?, framing: FaceFraming, following: FaceFollowingPolicy = FaceFollowingPolicy(),
    note: (RecordingNote) -> Void = { _ in }
  ) throws -> OpenRecording {
    var options = Recording.Options()
    options.faces = face ?? manifest?.face ?? (isFolder(path) ? FaceChoice.none : .largest)
    options.schedule = WindowSchedule(hop: hop ?? manifest?.hop ?? WindowSchedule.usualHop)
    (options.tracks, options.audioOffset) = (tracks, audioOffset)
    (options.audio, options.saveCrops, options.landmarks) = (audio, saveCrops, landmarks)
    (options.framing, options.following, options.stop) = (framing, following, stop)
    return try manifest.map { try openSession($0, options, note) } ?? openRecording(options, note)
  }

  /// Stopped while standard input gave nothing there is still a stream, of a session without tracks.
  private func openRecording(_ options: Recording.Options, _ note: (RecordingNote) -> Void) throws -> OpenRecording {
    var recording: Recording?
    do { recording = try Recording(source, options: options) } catch let error as MediaError
      where error.kind == .stopped
    {}
    if let recording { note(.tracks(video: recording.video, sound: recording.sound)) }
    if let recording, let better = recording.betterSound {
      note(.silentTrack(recording.sound?.track ?? 1, better: better))
    }
    return OpenRecording(
      source: RecordingSource(recording, schedule: options.schedule),
      origin: .init(recording, kind: kind, input: path, audioInput: audio), face: options.faces,
      duration: recording?.duration)
  }

  private func openSession(
    _ manifest: SessionManifest, _ options: Recording.Options, _ note: (RecordingNote) -> Void
  ) throws -> OpenRecording {
    if !manifest.closedCleanly { note(.neverClosed) }
    if let failure = manifest.failure { note(.endedEarly(failure)) }
    if !refindsFaces, manifest.model != nil, options.framing != manifest.framing { note(.framedDifferently) }
    let facts = SessionRecording.Facts(
      zero: manifest.zero, picture: manifest.camera != nil, sound: manifest.microphone != nil,
      isClosed: manifest.closedCleanly)
    // Without a model nobody has looked for faces yet.
    let session = try SessionRecording(
      path, facts: facts, options: options, refind: refindsFaces || manifest.model == nil)
    return OpenRecording(
      source: SessionSource(session, end: manifest.closedCleanly ? manifest.end : nil, hop: manifest.hop),
      origin: .init(session, input: path), face: options.faces, duration: manifest.duration)
  }

  private var source: Recording.Input {
    if path == "-" { return .standardInput }
    return isFolder(path) ? .folder(path, fps: imagesPerSecond) : .file(path)
  }

  private var kind: String { path == "-" ? "stdin" : isFolder(path) ? "folder" : "file" }
}

/// What happened while a recording was opened that its user may want to know. None of these is an error.
public enum RecordingNote: Hashable, Sendable {
  /// What the recording has; nil: no such track.
  case tracks(video: VideoInfo?, sound: AudioInfo?)
  /// Nobody has chosen a track of sound, and in the first minute of the one that is read there is nothing to hear, but in
  /// another one.
  case silentTrack(Int, better: TrackLabel)
  /// The session was never closed; it is replayed as far as it was written.
  case neverClosed
  /// The recording of the session ended before the session did.
  case endedEarly(String)
  /// The model wants faces framed differently than the session has them.
  case framedDifferently
}
