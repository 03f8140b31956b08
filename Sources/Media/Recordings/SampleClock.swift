package import Signal

/// Decides how a stretch of decoded sound joins what came before. Pure arithmetic on source samples.
///
/// Inside a segment time is counted in samples, so container rounding does not make clicks. A timestamp more than
/// 30 ms late is a hole and opens a new segment; one more than 30 ms early overlaps, and what was already heard is
/// dropped; one more than a second early is a clock that was set back, and the sound goes on without a hole. A hole that
/// ``Leaps`` does not allow is closed in the same way.
package struct SampleClock {
  package enum Join: Equatable {
    /// A new segment starts at this instant; the old one, if any, is over.
    case opens(Instant)
    /// Follows on, after dropping so many source samples from its front.
    case follows(dropping: Int)
  }

  package static let tolerance = Instant(nanoseconds: 30_000_000)
  package let rate: Int
  package private(set) var holes = 0
  package private(set) var overlaps = 0
  package private(set) var resets = 0
  package private(set) var leaps: Leaps
  private var start: Instant?
  private var count = 0
  private var offset = Instant.zero

  /// - Parameter leaps: those of a clock at another rate before.
  package init(rate: Int, after leaps: Leaps = Leaps()) { (self.rate, self.leaps) = (rate, leaps) }

  /// When the next sample is due; nil before the first.
  package var expected: Instant? { start.map { $0 + length(count) } }

  package mutating func join(stamp: Instant?, count new: Int) -> Join {
    guard let expected else {
      let first = stamp ?? .zero
      (start, count) = (first, new)
      return .opens(first)
    }
    guard let stamp else {
      count += new
      return .follows(dropping: 0)
    }
    let gap = stamp + offset - expected
    if !leaps.allows(gap) {
      offset = expected - stamp
    } else if gap > Self.tolerance {
      holes += 1
      (start, count) = (stamp + offset, new)
      return .opens(stamp + offset)
    }
    if gap < Instant(nanoseconds: -1_000_000_000) {
      resets += 1
      offset = expected - stamp
    } else if gap.nanoseconds < -Self.tolerance.nanoseconds {
      overlaps += 1
      let drop = min(Int((Double(-gap.nanoseconds) * Double(rate) / 1e9).rounded()), new)
      count += new - drop
      return .follows(dropping: drop)
    }
    count += new
    return .follows(dropping: 0)
  }

  private func length(_ samples: Int) -> Instant {
    let (whole, part) = samples.quotientAndRemainder(dividingBy: rate)
    return Instant(nanoseconds: Int64(whole) * 1_000_000_000 + Int64(part) * 1_000_000_000 / Int64(rate))
  }
}
