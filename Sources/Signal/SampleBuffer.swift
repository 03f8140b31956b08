/// Buffers the samples of a sound track at absolute positions (16 kHz, position 0 at the session's zero), with their holes.
///
/// Only samples that exist are stored, so a hole of an hour costs nothing. A chunk that begins within `joint` samples
/// of the last one's end continues it; from one that overlaps, the samples that are there already are dropped; any other
/// leaves a hole. The owner says which samples are no longer needed; beyond `limit` the oldest are discarded and counted.
package struct SampleBuffer {
  /// Rounded timestamps move a chunk by this many samples at most without a hole or an overlap.
  package static let joint = 2

  /// Maximum samples buffered; the oldest are discarded.
  package let limit: Int
  /// The position after the newest sample; nil before the first.
  package private(set) var front: Int?
  /// Holes between two samples, so far.
  package private(set) var holes = 0
  /// Samples discarded because of `limit`.
  package private(set) var overflow = 0
  /// Samples before this position have arrived, or are no longer accepted.
  package private(set) var passed = Int.min

  /// A run of samples without a hole: its first position, its length, and where its first sample is in `store`.
  private struct Run {
    var position: Int
    var count: Int
    var at: Int
    var end: Int { position + count }
  }
  private var runs: [Run] = []
  private var store: [Float] = []
  /// Everything before this position is unwanted.
  private var floor = 0

  package init(limit: Int) { self.limit = limit }

  /// Samples held.
  package var held: Int { runs.reduce(0) { $0 + $1.count } }

  /// The sample nearest to an instant: round(time × 16000), exact in integers.
  package static func position(of time: Instant) -> Int {
    let period = 1_000_000_000 / Int64(AudioChunk.rate)
    let half = period / 2
    return Int(
      (time.nanoseconds > .max - half ? time.nanoseconds : time.nanoseconds + half).flooredQuotient(by: period))
  }

  /// When the sample at `position` sounds.
  package static func time(of position: Int) -> Instant {
    Instant(nanoseconds: Int64(position) * (1_000_000_000 / Int64(AudioChunk.rate)))
  }

  /// From now on a chunk that would begin before the sample nearest to `instant` is refused as a whole.
  package mutating func pass(to instant: Instant) { passed = max(passed, Self.position(of: instant)) }

  /// - Returns: whether the chunk was accepted: false once the track has passed its first sample.
  @discardableResult
  package mutating func append(_ chunk: AudioChunk) -> Bool {
    guard !chunk.samples.isEmpty else { return true }
    var position = Self.position(of: chunk.start)
    let joins = front.map { abs(position - $0) <= Self.joint } ?? false
    if joins, let front { position = front }
    // After joining, because what counts is the place that its samples would take.
    guard position >= passed else { return false }
    if let front, position > front { holes += 1 }
    let end = position + chunk.samples.count
    // Samples that are there already are kept; samples before the floor are not needed.
    let first = max(position, front ?? position, floor)
    front = max(front ?? end, end)
    guard first < end else { return true }
    if let last = runs.last, last.end == first {
      runs[runs.count - 1].count += end - first
    } else {
      runs.append(Run(position: first, count: end - first, at: store.count))
    }
    // A broken float file must not poison every row it touches.
    store.append(contentsOf: chunk.samples[(first - position)...].lazy.map { $0.isFinite ? $0 : 0 })
    let excess = held - limit
    if excess > 0 {
      overflow += excess
      drop(excess)
    }
    return true
  }

  /// Samples before `position` will never be asked for again.
  package mutating func forget(before position: Int) {
    guard position > floor else { return }
    floor = position
    var unwanted = 0
    for run in runs {
      unwanted += min(max(position - run.position, 0), run.count)
      if run.end > position { break }
    }
    drop(unwanted)
  }

  /// How many of the samples in a range exist.
  package func existing(in range: Range<Int>) -> Int {
    overlaps(range).reduce(0) { $0 + $1.count }
  }

  /// Copies a range; what does not exist is 0.
  package func copy(from position: Int, into out: UnsafeMutableBufferPointer<Float>) {
    out.update(repeating: 0)
    for part in overlaps(position..<position + out.count) {
      for i in 0..<part.count { out[part.position - position + i] = store[part.at + i] }
    }
  }

  /// Sum of squares and number of the existing samples in a range.
  package func energy(in range: Range<Int>) -> (squares: Double, count: Int) {
    var (squares, count) = (0.0, 0)
    for part in overlaps(range) {
      for i in part.at..<part.at + part.count { squares += Double(store[i]) * Double(store[i]) }
      count += part.count
    }
    return (squares, count)
  }

  /// The largest magnitude of the existing samples in a range; 0 without samples.
  package func peak(in range: Range<Int>) -> Float {
    var peak: Float = 0
    for part in overlaps(range) {
      for i in part.at..<part.at + part.count { peak = max(peak, abs(store[i])) }
    }
    return peak
  }

  /// The parts of runs inside a range.
  private func overlaps(_ range: Range<Int>) -> some Sequence<Run> {
    // Binary search: a hostile track may have as many runs as samples.
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return runs[low...].lazy.prefix { $0.position < range.upperBound }.map { run in
      let first = Swift.max(run.position, range.lowerBound)
      return Run(
        position: first, count: Swift.min(run.end, range.upperBound) - first, at: run.at + first - run.position)
    }
  }

  /// Forgets the oldest `count` samples.
  private mutating func drop(_ count: Int) {
    var (left, gone) = (count, 0)
    while left > 0, gone < runs.count {
      let n = min(left, runs[gone].count)
      runs[gone].position += n
      runs[gone].count -= n
      runs[gone].at += n
      left -= n
      if runs[gone].count == 0 { gone += 1 }
    }
    if gone > 0 { runs.removeFirst(gone) }
    // Moving the store down only when half of it is old keeps the cost per sample constant.
    let unused = runs.first?.at ?? store.count
    guard unused > 16_384, unused * 2 > store.count else {
      if runs.isEmpty { store.removeAll(keepingCapacity: true) }
      return
    }
    store.removeFirst(unused)
    for i in runs.indices { runs[i].at -= unused }
  }
}
