internal import Signal

/// How long the next window waits for picture and for sound, and when a track is passed with what it has. Time is passed
/// in.
struct LiveTracks {
  /// When a track has had its time, and the instant that it is then declared to have passed.
  struct Due {
    var at: Int64
    var target: Instant
  }

  var video, audio: LiveTrack
  private let zero: Int64

  init(hasVideo: Bool, hasAudio: Bool, zero: Int64, policy: LivePolicy) {
    self.zero = zero
    video = LiveTrack(exists: hasVideo, lateness: policy.videoLateness, policy: policy)
    audio = LiveTrack(exists: hasAudio, lateness: policy.audioLateness, policy: policy)
  }

  /// nil: the next window need not wait for the track.
  /// - Parameters:
  ///   - wanted: `WindowAssembler.wanted`, what the next window needs.
  ///   - newest: `WindowAssembler.newest`, what has come.
  func due(
    wanted: (frame: Instant, sound: Instant), newest: (frame: Instant?, sound: Instant?)
  ) -> (video: Due?, audio: Due?) {
    // A track must be known to reach the window's end, so without sound that is the picture.
    let frame = audio.isAbsent ? max(wanted.frame, wanted.sound) : wanted.frame
    let isSeen = newest.frame.map { $0 > frame } ?? false
    let isHeard = newest.sound.map { $0 >= wanted.sound } ?? false
    return (
      isSeen ? nil : video.due(frame, zero: zero).map { Due(at: $0, target: frame) },
      isHeard ? nil : audio.due(wanted.sound, zero: zero).map { Due(at: $0, target: wanted.sound) }
    )
  }

  /// Passes the tracks that have had their time.
  /// - Returns: how far; nil: a track is still waited for, or need not be.
  mutating func pass(
    wanted: (frame: Instant, sound: Instant), newest: (frame: Instant?, sound: Instant?), now: Int64
  ) -> (video: Instant?, audio: Instant?) {
    let due = due(wanted: wanted, newest: newest)
    var passed: (video: Instant?, audio: Instant?)
    if let due = due.video, now >= due.at {
      video.pass(to: due.target)
      passed.video = due.target
    }
    if let due = due.audio, now >= due.at {
      audio.pass(to: due.target)
      passed.audio = due.target
    }
    return passed
  }
}
