public import Signal

/// A recording as the session pulls it: two tracks, each in the order of its times. Media's recordings are wired to this
/// in MienKit; tests script it.
public protocol ReplaySource: AnyObject {
  /// The windows for which its frames are cut, and so those of the stream.
  var schedule: WindowSchedule { get }

  /// Whether there is such a track at all.
  var hasVideo: Bool { get }
  var hasAudio: Bool { get }

  /// Whether a track that has given nil is over. Where false it breaks off there, and windows that need more of it are
  /// not made.
  var videoHasEnded: Bool { get }
  var audioHasEnded: Bool { get }

  /// The next frame, nil at the track's end.
  /// - Throws: what made further reading impossible; windows that are complete by then are still printed.
  func nextFrame() throws -> FaceFrame<FaceCrop>?

  /// The next samples, nil at the track's end.
  /// - Throws: as `nextFrame()`.
  func nextChunk() throws -> AudioChunk?

  /// What could not be read so far, one sentence each; only grows.
  var damage: [String] { get }

  /// How far a recorded live session went: its windows went on while no device gave anything, so its data do not say.
  /// nil: to the end of the data.
  var end: Instant? { get }

  /// What to try where the sound is silent, in a sentence; nil: nobody knows.
  var silenceHint: String? { get }

  /// Windows that a recorded live session has skipped, as it was busy: what it knew later does not rest on them.
  var skippedWindows: SkippedWindows { get }
}

extension ReplaySource {
  public var end: Instant? { nil }
  public var silenceHint: String? { nil }
  public var skippedWindows: SkippedWindows { SkippedWindows() }
}

extension ReplaySource {
  public var videoHasEnded: Bool { true }
  public var audioHasEnded: Bool { true }
}

/// Time passed in: nanoseconds that only grow.
public protocol SessionClock {
  /// The time in nanoseconds, from any fixed moment.
  func now() -> Int64

  /// Waits, but not beyond `deadline`; may come back early.
  func wait(until deadline: Int64)
}
