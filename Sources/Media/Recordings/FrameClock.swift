package import Signal

/// Turns the timestamps of decoded pictures into instants that always grow. Pure arithmetic.
///
/// A picture without a timestamp follows its predecessor by the nominal interval. One that is not after its
/// predecessor is shown a millisecond after it; one more than a second before it is a clock that was set back, and the
/// time line goes on from there. A leap forward that ``Leaps`` does not allow is treated in the same way.
package struct FrameClock {
  /// 1 / frame rate.
  package let nominal: Instant
  /// Pictures whose timestamp did not grow.
  package private(set) var repaired = 0
  /// Times the clock was set back by more than a second.
  package private(set) var resets = 0
  package private(set) var leaps = Leaps()
  private var last: Instant?
  private var offset = Instant.zero

  package init(nominal: Instant) { self.nominal = nominal }

  package mutating func place(_ stamp: Instant?) -> Instant {
    guard let last else {
      let first = stamp ?? .zero
      self.last = first
      return first
    }
    guard let stamp else {
      self.last = last + nominal
      return last + nominal
    }
    var time = stamp + offset
    if !leaps.allows(time - last) {
      offset = last + nominal - stamp
      time = last + nominal
    } else if time <= last {
      if last - time > Instant(nanoseconds: 1_000_000_000) {
        resets += 1
        offset = last + nominal - stamp
        time = last + nominal
      } else {
        repaired += 1
        time = last + Instant(nanoseconds: 1_000_000)
      }
    }
    self.last = time
    return time
  }
}
