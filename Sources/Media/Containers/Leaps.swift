internal import Signal

/// Limits how far timestamps may leap forward: a day at a time, and a month in all. A few bytes can claim a leap of a
/// century, and each hop of it would be a window without data.
package struct Leaps {
  /// Shorter gaps are not counted: a stream that goes on for years has them.
  static let counted = Instant(nanoseconds: 10_000_000_000)
  static let most = Instant(nanoseconds: 86_400_000_000_000)
  static let mostInAll = Instant(nanoseconds: 30 * most.nanoseconds)
  private var sum = Instant.zero
  /// Leaps that were closed up.
  package private(set) var refused = 0

  /// Whether the time line may leave this gap open.
  mutating func allows(_ gap: Instant) -> Bool {
    guard gap > Self.counted else { return true }
    guard gap <= Self.most, sum + gap <= Self.mostInAll else {
      refused += 1
      return false
    }
    sum = sum + gap
    return true
  }
}
