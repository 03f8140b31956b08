/// A moment, or a length of time, on one session time line: whole nanoseconds, so that sums never drift.
///
/// Zero is the earliest first timestamp of picture or sound in a recording.
public struct Instant: Hashable, Comparable, Sendable, Codable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Rounded to the nearest nanosecond.
  public init(seconds: Double) { nanoseconds = Int64((seconds * 1e9).rounded()) }

  public static let zero = Instant(nanoseconds: 0)

  /// Seconds rounded to 1 µs, as the stream prints them.
  public var seconds: Double { (Double(nanoseconds) / 1e3).rounded() / 1e6 }

  /// Whether `a` is earlier than `b`.
  public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  /// The sum of two times.
  public static func + (a: Instant, b: Instant) -> Instant { Instant(nanoseconds: a.nanoseconds + b.nanoseconds) }
  /// The time from `b` to `a`.
  public static func - (a: Instant, b: Instant) -> Instant { Instant(nanoseconds: a.nanoseconds - b.nanoseconds) }
  /// `n` times as long.
  public static func * (n: Int, a: Instant) -> Instant { Instant(nanoseconds: Int64(n) * a.nanoseconds) }
}
