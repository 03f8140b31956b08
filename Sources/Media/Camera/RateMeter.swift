/// Measures frames a second over the last seconds. Pure.
struct RateMeter {
  /// The span, in nanoseconds.
  let span: Int64
  private var entries: [(time: Int64, dropped: Int)] = []
  private var first: Int64?

  init(span: Int64) { self.span = span }

  mutating func add(time: Int64, dropped: Int) {
    first = first ?? time
    entries.append((time, dropped))
    let keep = entries.firstIndex { $0.time > time - span } ?? 0
    entries.removeFirst(keep)
  }

  /// Forgets everything: what came before says nothing about what comes.
  mutating func reset() {
    entries.removeAll(keepingCapacity: true)
    first = nil
  }

  /// Frames a second: those that arrived, and those with the lost ones added; nil until a whole span has passed.
  var rates: (arrived: Double, sent: Double)? {
    guard let first, let oldest = entries.first, let newest = entries.last else { return nil }
    guard newest.time - first >= span, newest.time > oldest.time else { return nil }
    let seconds = Double(newest.time - oldest.time) / 1e9
    let dropped = entries.dropFirst().reduce(0) { $0 + $1.dropped }
    let arrived = Double(entries.count - 1)
    return (arrived / seconds, (arrived + Double(dropped)) / seconds)
  }
}
