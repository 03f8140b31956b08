public import Signal

/// A recording as the session pulls it: two tracks, each in the order of its times. Media's recordings are wired to this
/// in the command; tests script it.
public protocol ReplaySource: AnyObject {
  /// Whether there is such a track at all.
  var hasVideo: Bool { get }
  var hasAudio: Bool { get }

  /// The next frame, nil at the track's end.
  /// - Throws: what made further reading impossible; windows that are complete by then are still printed.
  func nextFrame() throws -> FaceFrame<FaceCrop>?

  /// The next samples, nil at the track's end.
  /// - Throws: as `nextFrame()`.
  func nextChunk() throws -> AudioChunk?

  /// What could not be read so far, one sentence each; only grows.
  var damage: [String] { get }
}

/// Time passed in: nanoseconds that only grow.
public protocol SessionClock {
  func now() -> Int64

  /// Waits, but not beyond `deadline`; may come back early.
  func wait(until deadline: Int64)
}
