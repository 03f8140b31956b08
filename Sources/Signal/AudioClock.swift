/// What the server says went lost before a fragment.
public enum AudioLoss: Hashable, Sendable {
  case none
  /// So many samples.
  case samples(Int)
  /// Some.
  case unknown
}

/// Places captured sound on the monotonic clock. Pure: it reads no clock.
///
/// Inside a segment each chunk begins exactly where the one before ended, because stamps jitter by milliseconds and a
/// sound card counts evenly. The error of the card's rate is followed slowly and corrected by slips of one sample, at most
/// one in 0.2 s (one a fragment while the line is 4 ms or more off).
///
/// A stamp more than `tolerance` off the line is doubted: it and what follows is held back until 0.24 s of it agree
/// with one another (a gap: a new segment) or return to the line (fragments that were merely late, as after a
/// server that stood still). The first 0.24 s of a segment are held back too, so that one late stamp does not place it.
public struct AudioClock: Sendable {
  /// 60 ms: twice the lateness that a busy machine gives a stamp now and then, and small enough that a loss which is
  /// not noticed at once does not put a word under another picture (the follower finds it within 2 s if it is > 20 ms).
  public static let tolerance: Int64 = 60_000_000

  /// What the clock corrected so far.
  public struct Counters: Hashable, Sendable {
    /// Places where samples are missing.
    public var gaps = 0
    /// Samples repeated or left out to follow the clock.
    public var slips = 0
    /// Samples thrown away because their time was taken already.
    public var cut = 0
    public init() {}
  }

  private static let period: Int64 = 1_000_000_000 / Int64(AudioChunk.rate)
  /// Samples that must agree, and samples that may be held back at most.
  private static let proof = 3840
  private static let patience = 30 * AudioChunk.rate

  private struct Fragment {
    var samples: [Int16]
    /// Of its first sample among all that arrived.
    var index: Int
    /// Its stamp against an exact card that started with the first fragment, in nanoseconds.
    var offset: Int64
  }
  private enum Mode { case starting, running, doubting }

  public private(set) var counters = Counters()
  private var mode = Mode.starting
  private var held: [Fragment] = []
  private var follower = AudioClockFollower()
  /// The first stamp ever.
  private var origin: Int64?
  /// Samples that arrived, known holes included.
  private var arrived = 0
  /// Placed time minus the exact card's, in nanoseconds.
  private var shift: Int64 = 0
  /// Where the next chunk starts; nil before the first.
  private var end: Int64?
  private var breaks = false
  private var sameCard = false
  private var sinceSlip = 0

  public init() {}

  /// How much faster than 16 kHz the card runs, in parts per million, as far as it is known.
  public var ppm: Double { 0 - follower.slope / 1000 }

  /// Samples that wait for a decision.
  public var waiting: Int { held.reduce(0) { $0 + $1.samples.count } }

  /// - Parameters:
  ///   - samples: 16 kHz mono.
  ///   - stamp: monotonic nanoseconds when its first sample sounded, as well as the server knows.
  ///   - loss: what the server says went lost before it.
  /// - Returns: what can be placed now, in order: nothing, this, or this and what was held back.
  public mutating func place(_ samples: [Int16], stamp: Int64, loss: AudioLoss = .none) -> [CapturedAudio] {
    var placed: [CapturedAudio] = []
    switch loss {
    case .none: break
    case .samples(let count):
      placed += settle()
      arrived += max(count, 0)
      if let end { self.end = end + Int64(max(count, 0)) * Self.period }
      breaks = true
    case .unknown:
      placed += settle()
      mode = .starting
    }
    guard !samples.isEmpty else { return placed }
    if origin == nil { origin = stamp }
    let exact = (origin ?? stamp) + Int64(arrived) * Self.period
    let fragment = Fragment(samples: samples, index: arrived, offset: stamp - exact)
    arrived += samples.count
    switch mode {
    case .starting:
      held.append(fragment)
      if waiting >= Self.proof { placed += settle() }
    case .running:
      if isNear(fragment) {
        placed += follow(fragment)
      } else {
        mode = .doubting
        held = [fragment]
      }
    case .doubting:
      if isNear(fragment) {
        // The line was right: the others were late.
        placed += release() + follow(fragment)
      } else {
        held.append(fragment)
        if isProven || waiting >= Self.patience { placed += settle() }
      }
    }
    return placed
  }

  /// The sound ends here; what comes next may be another card.
  public mutating func interrupt() -> [CapturedAudio] {
    let placed = settle()
    (mode, sameCard) = (.starting, false)
    return placed
  }

  private func seconds(_ index: Int) -> Double { Double(index) / Double(AudioChunk.rate) }

  private func isNear(_ fragment: Fragment) -> Bool {
    abs(Double(fragment.offset) - follower.offset(at: seconds(fragment.index))) <= Double(Self.tolerance)
  }

  /// The fragments that arrived last, 0.24 s of them.
  private var latest: ArraySlice<Fragment> {
    var count = 0
    let first = held.lastIndex { fragment in
      count += fragment.samples.count
      return count >= Self.proof
    }
    return held[(first ?? 0)...]
  }

  /// Whether the latest fragments agree. Those of a burst come at once, so the later ones look less late: over half of
  /// 0.24 s by 120 ms.
  private var isProven: Bool {
    guard waiting >= Self.proof, latest.count > 1 else { return false }
    let middle = latest.startIndex + latest.count / 2
    guard let old = latest[..<middle].map(\.offset).min(), let new = latest[middle...].map(\.offset).min() else {
      return false
    }
    return old - new < Self.tolerance
  }

  /// Ends a doubt or a start with what is known: a new segment where the held fragments say.
  private mutating func settle() -> [CapturedAudio] {
    guard mode != .running, let first = held.first, let offset = latest.map(\.offset).min() else { return [] }
    jump(to: offset, at: first.index)
    return release()
  }

  /// Opens a new segment.
  private mutating func jump(to offset: Int64, at index: Int) {
    follower.restart(x: seconds(index), y: Double(offset), keepingSlope: sameCard)
    (shift, sameCard, breaks) = (offset, true, true)
  }

  private mutating func release() -> [CapturedAudio] {
    let fragments = held
    (held, mode) = ([], .running)
    return fragments.compactMap { emit($0, slip: 0) }
  }

  private mutating func follow(_ fragment: Fragment) -> [CapturedAudio] {
    let x = seconds(fragment.index)
    if let offset = follower.see(x: x, offset: Double(fragment.offset)) {
      jump(to: Int64(offset), at: fragment.index)
    }
    let error = follower.offset(at: x) - Double(shift)
    sinceSlip += fragment.samples.count
    var slip = 0
    if !breaks, abs(error) >= 0.5e6, fragment.samples.count > 1, abs(error) > 4e6 || sinceSlip >= 3200 {
      slip = error > 0 ? 1 : -1
      shift += Int64(slip) * Self.period
      counters.slips += 1
      sinceSlip = 0
    }
    return emit(fragment, slip: slip).map { [$0] } ?? []
  }

  private mutating func emit(_ fragment: Fragment, slip: Int) -> CapturedAudio? {
    // Where a slip is part of this fragment its first sample is where the line stood before.
    var start = (origin ?? 0) + Int64(fragment.index) * Self.period + shift - Int64(slip) * Self.period
    var samples = fragment.samples
    if let end, start < end {
      let taken = Int((end - start + Self.period - 1) / Self.period)
      counters.cut += min(taken, samples.count)
      guard taken < samples.count else { return nil }
      samples.removeFirst(taken)
      start += Int64(taken) * Self.period
    }
    let gap = breaks && end != nil
    if gap { counters.gaps += 1 }
    breaks = false
    end = start + Int64(samples.count + slip) * Self.period
    return CapturedAudio(samples: samples, time: start, slip: slip, gap: gap)
  }
}
