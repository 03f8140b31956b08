/// 16 kHz mono samples in [-1, 1] that follow one another without a hole.
public struct AudioChunk: Sendable {
  /// Samples a second, everywhere above the decoder.
  public static let rate = 16_000

  /// When the first sample sounded.
  public var start: Instant
  public var samples: [Float]

  public init(start: Instant, samples: [Float]) {
    self.start = start
    self.samples = samples
  }

  /// When the sample after the last one would sound.
  public var end: Instant {
    start + Instant(nanoseconds: Int64(samples.count) * 1_000_000_000 / Int64(Self.rate))
  }
}
