/// Sound as a device or a session's file gave it, with its place on the monotonic clock.
///
/// The samples are kept as captured, so that a lossless file holds everything. `slip` and `gap` say how they fit the
/// session's time line: now and then one sample more or less, because no sound card runs at exactly 16 kHz. Live and replay
/// both use `chunk(zero:)`, so they cannot differ.
public struct CapturedAudio: Hashable, Sendable {
  /// 16 kHz mono, 16 bit.
  public var samples: [Int16]
  /// When the first sample of `chunk(zero:)` sounded: nanoseconds of CLOCK_MONOTONIC.
  public var time: Int64
  /// A positive number: how often the first sample is repeated. A negative one: how many samples are left out at the front.
  public var slip: Int
  /// It does not follow the chunk before: samples are missing in between.
  public var gap: Bool

  public init(samples: [Int16], time: Int64, slip: Int = 0, gap: Bool = false) {
    (self.samples, self.time, self.slip, self.gap) = (samples, time, slip, gap)
  }

  /// On the session's time line, whose zero is at `zero` nanoseconds of CLOCK_MONOTONIC.
  public func chunk(zero: Int64) -> AudioChunk {
    var floats: [Float] = []
    floats.reserveCapacity(samples.count + max(slip, 0))
    if slip > 0, let first = samples.first { for _ in 0..<slip { floats.append(Float(first) / 32768) } }
    for sample in samples.dropFirst(max(-slip, 0)) { floats.append(Float(sample) / 32768) }
    return AudioChunk(start: Instant(nanoseconds: time - zero), samples: floats)
  }
}
