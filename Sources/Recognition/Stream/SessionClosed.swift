public import Files
public import Signal

/// The last line: why it ended and what was counted.
public struct SessionClosed: Sendable, Hashable {
  /// Why a session ended; the raw values stand in the stream.
  public enum Reason: String, Sendable, CaseIterable {
    case endOfInput = "end_of_input"
    case sigint, sigterm
    /// The command ends with an error: the recording is damaged or something failed.
    case error
  }

  /// What went through the session.
  public struct Counts: Sendable, Hashable {
    /// Frames that came in; those that are a slot of some window; those known to be lost before; those that a window
    /// could have asked for but did not; those in which a face was found.
    public var framesIn = 0
    public var framesUsed = 0
    public var framesDropped = 0
    public var framesUnused = 0
    public var framesWithFace = 0
    /// Holes in the sound track.
    public var audioHoles = 0
    /// Windows that did not wait for a track that is far behind; frames and stretches of sound forgotten unread.
    public var forced = 0
    public var overflow = 0

    public init() {}
  }

  /// What only a live session has. frames in = used + unused + dropped inside.
  public struct Live: Sendable, Hashable {
    /// Frames that came in and never reached the windows: a full queue, or a picture that does not decode.
    public var framesDroppedInside = 0
    /// Of the unused frames, those that came after their time had been passed.
    public var framesLate = 0
    /// Chunks of sound that came after their time had been passed.
    public var audioLate = 0
    /// Samples lost to full queues.
    public var audioDropped = 0
    /// Samples repeated or left out to keep the sound on the clock.
    public var slips = 0
    /// From the end of a window to its line, over all lines, in milliseconds; nil without lines.
    public var captureToEmitMedian, captureToEmit95: Double?

    public init() {}
  }

  public var reason: Reason
  /// What failed, where `reason` is `error`.
  public var message: String?
  /// Windows printed, and of these the ones with an answer.
  public var windows, answered: Int
  /// Windows not printed because the machine was too slow; always 0 in replay.
  public var skipped: Int
  public var counts: Counts
  /// The end of the last window.
  public var end: Instant
  /// Of the windows that were answered, in milliseconds; nil if none was.
  public var median, percentile95: Double?
  /// Seconds of the recording a second of this run.
  public var speed: Double?
  /// nil in replay.
  public var live: Live?

  public init(
    reason: Reason, message: String? = nil, windows: Int, answered: Int, skipped: Int = 0, counts: Counts, end: Instant,
    median: Double?, percentile95: Double?, speed: Double?
  ) {
    (self.reason, self.message, self.windows, self.answered) = (reason, message, windows, answered)
    (self.skipped, self.counts, self.end) = (skipped, counts, end)
    (self.median, self.percentile95, self.speed) = (median, percentile95, speed)
  }

  public var json: JSON {
    var members: [JSON.Member] = [
      .init("type", "session.closed"), .init("reason", .string(reason.rawValue)), .init("message", .optional(message)),
      .init("windows", .int(windows)), .init("answered", .int(answered)), .init("skipped", .int(skipped)),
      .init("frames_in", .int(counts.framesIn)), .init("frames_used", .int(counts.framesUsed)),
      .init("frames_dropped", .int(counts.framesDropped)), .init("frames_unused", .int(counts.framesUnused)),
      .init("frames_with_face", .int(counts.framesWithFace)), .init("audio_holes", .int(counts.audioHoles)),
      .init("forced", .int(counts.forced)), .init("overflow", .int(counts.overflow)),
    ]
    if let live {
      members += [
        .init("frames_dropped_inside", .int(live.framesDroppedInside)), .init("frames_late", .int(live.framesLate)),
        .init("sound_late", .int(live.audioLate)), .init("sound_dropped", .int(live.audioDropped)),
        .init("slips", .int(live.slips)),
      ]
    }
    return .object(members + [.init("end", .double(end.seconds)), .init("latency", latency)])
  }

  private var latency: JSON {
    func milliseconds(_ value: Double?) -> JSON { .optional(value?.rounded(places: 3)) }
    let (p50, p95, speed) = (milliseconds(median), milliseconds(percentile95), milliseconds(speed))
    guard let live else { return ["p50_ms": p50, "p95_ms": p95, "speed": speed] }
    return [
      "p50_ms": p50, "p95_ms": p95, "speed": speed,
      "capture_to_emit_p50_ms": milliseconds(live.captureToEmitMedian),
      "capture_to_emit_p95_ms": milliseconds(live.captureToEmit95),
    ]
  }
}

/// Percentiles of durations in constant memory: counts in buckets that grow by 2 %, so an hour of windows costs what a
/// minute does and a percentile is right to 1 %.
public struct LatencyHistogram: Sendable {
  private static let smallest = 0.001
  private static let growth = 1.02
  // 1 µs · 1.02^1200 is more than four hours.
  private var buckets = [Int](repeating: 0, count: 1200)
  public private(set) var count = 0

  public init() {}

  /// `milliseconds` below a microsecond count as one.
  public mutating func add(milliseconds: Double) {
    var (bucket, edge) = (0, Self.smallest)
    while edge < milliseconds, bucket < buckets.count - 1 {
      edge *= Self.growth
      bucket += 1
    }
    buckets[bucket] += 1
    count += 1
  }

  /// The value that a `share` (0 to 1) of the durations do not exceed; nil without durations.
  public func percentile(_ share: Double) -> Double? {
    guard count > 0 else { return nil }
    let wanted = max(1, Int((share * Double(count)).rounded(.up)))
    var (seen, edge) = (0, Self.smallest)
    for held in buckets {
      seen += held
      if seen >= wanted { return edge }
      edge *= Self.growth
    }
    return edge
  }
}
