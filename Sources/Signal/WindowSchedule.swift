/// Where windows lie on the session time line; pure arithmetic, no state.
///
/// Window k is [e − length, e) with e = length + k·hop. Its 16 frames are 160 ms apart from its start; its 256
/// spectrogram rows 10 ms apart from its start.
public struct WindowSchedule: Hashable, Sendable {
  /// 2.56 s: 16 frames every 4th of 25 a second.
  public static let length = Instant(nanoseconds: 2_560_000_000)
  /// Between the frames of a window.
  public static let frameInterval = Instant(nanoseconds: 160_000_000)
  public static let frames = 16
  /// Of the spectrogram, 10 ms apart; a row looks at 25 ms, so the last ones reach 15 ms past the window's end.
  public static let rows = 256
  /// A slot takes the newest frame at or before it, if it is not older than this.
  public static let oldestFrame = Instant(nanoseconds: 200_000_000)

  /// From one window to the next, unless told.
  public static let usualHop = Instant(nanoseconds: 320_000_000)

  /// From one window to the next; positive.
  public let hop: Instant

  public init(hop: Instant = usualHop) {
    precondition(hop > .zero, "the hop must be positive")
    self.hop = hop
  }

  /// When window `k` begins.
  public func start(of k: Int) -> Instant { k * hop }
  /// When window `k` ends.
  public func end(of k: Int) -> Instant { k * hop + Self.length }

  /// The instant of frame slot `i` (0 to 15) of window `k`.
  public func slot(_ i: Int, of k: Int) -> Instant { k * hop + i * Self.frameInterval }

  /// Whether a frame is the newest one for some slot of some window, so must be cropped.
  ///
  /// - Parameters:
  ///   - time: when the frame begins.
  ///   - next: when the frame after it begins; nil: none follows, and slots beyond its duration may show it.
  public func wants(frameAt time: Instant, next: Instant?) -> Bool {
    let next = next ?? time.advanced(by: Instant(nanoseconds: Self.oldestFrame.nanoseconds + 1))
    return time < next && wants(time..<next)
  }

  /// Whether a frame shown over `shown` is the newest frame for some slot of some window, so must be cropped.
  ///
  /// `shown` reaches to the next frame; the last frame's reaches 0.2 s at least, whatever its duration
  /// (`wants(frameAt:next:)` sees to that).
  public func wants(_ shown: Range<Instant>) -> Bool {
    // A slot is k·hop + i·0.16 s, so one lies in the range iff for some i a multiple of hop lies in the range − i·0.16.
    for i in 0..<Self.frames {
      let offset = Int64(i) * Self.frameInterval.nanoseconds
      let oldest = shown.lowerBound.advanced(by: Instant(nanoseconds: Self.oldestFrame.nanoseconds + 1))
      let high = min(shown.upperBound, oldest).nanoseconds
      guard high > offset else { continue }
      // Only the times of slots count, which are not negative: so no difference overflows.
      let low = max(shown.lowerBound.nanoseconds, offset) - offset
      let past = low % hop.nanoseconds
      // The first multiple of hop at or after low lies this far above it.
      if (past == 0 ? 0 : hop.nanoseconds - past) < high - offset - low { return true }
    }
    return false
  }
}
