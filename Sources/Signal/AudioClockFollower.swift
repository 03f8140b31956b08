/// Follows how far a sound card's own time (samples × 62.5 µs) has come to lie from the monotonic clock.
///
/// Stamps are late far more often than early: a busy machine delays what it measures. So each two seconds give one
/// value, the second smallest (the smallest may be the one that is early by mistake), and a straight line through the
/// last minute of them says where the offset is and how fast it moves. A value far from the line moves it no more than
/// one that is `reach` away.
struct AudioClockFollower {
  /// Seconds of sound that give one value, and values that the line is laid through.
  static let block = 2.0
  static let window = 30
  /// Fewer values than this say nothing about the slope.
  static let enough = 8
  /// Nanoseconds that a value counts off the line at most.
  static let reach = 5e6
  /// Nanoseconds; where all of a block lies further off, the offset has jumped.
  static let jump = 20e6
  /// Nanoseconds a second: no sound card is 1000 ppm off.
  static let steepest = 1e6

  /// The line: nanoseconds at a second of sound, and nanoseconds a second.
  private var anchor = (x: 0.0, y: 0.0)
  private(set) var slope = 0.0
  private var values: [(x: Double, y: Double)] = []
  private var seen: [Double] = []
  private var blockStart = 0.0

  /// Begins anew at an offset of `y` nanoseconds; the slope stays where it is the same sound card.
  mutating func restart(x: Double, y: Double, keepingSlope: Bool) {
    anchor = (x, y)
    if !keepingSlope { slope = 0 }
    values = []
    seen = []
    blockStart = x
  }

  func offset(at x: Double) -> Double { anchor.y + slope * (x - anchor.x) }

  /// - Returns: the new offset in nanoseconds where it has jumped without anybody saying so.
  mutating func see(x: Double, offset found: Double) -> Double? {
    seen.append(found - offset(at: x))
    guard x - blockStart >= Self.block, seen.count >= 3 else { return nil }
    let sorted = seen.sorted()
    let middle = (blockStart + x) / 2
    (seen, blockStart) = ([], x)
    let value = sorted[1]
    if value > Self.jump || sorted[sorted.count - 2] < -Self.jump { return offset(at: x) + value }
    values.append((middle, offset(at: middle) + min(max(value, -Self.reach), Self.reach)))
    if values.count > Self.window { values.removeFirst() }
    lay()
    return nil
  }

  /// Least squares.
  private mutating func lay() {
    let n = Double(values.count)
    let x = values.reduce(0) { $0 + $1.x } / n
    if values.count >= Self.enough {
      let y = values.reduce(0) { $0 + $1.y } / n
      let spread = values.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
      slope = values.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
      slope = min(max(slope, -Self.steepest), Self.steepest)
    }
    anchor = (x, values.reduce(0) { $0 + $1.y - slope * ($1.x - x) } / n)
  }
}
