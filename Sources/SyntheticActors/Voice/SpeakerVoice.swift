internal import Glibc
public import Tensor

/// A speaker as espeak-ng knows one, at rest.
public struct SpeakerVoice: Hashable, Sendable {
  /// Language and variant, as in `en-us+f2`.
  public var name: String
  /// espeak-ng's pitch, 0 to 99, and words a minute.
  public var pitch, rate: Double
  /// Above 1: the spectrum falls less steeply than the variant's own, in decibels above 1 kHz.
  public var brightness: Double

  private static let languages = ["en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland"]

  init(isDeep: Bool, _ random: inout RandomStream) {
    let variant = isDeep ? "m\(1 + random.below(7))" : "f\(1 + random.below(5))"
    name = "\(Self.languages[random.below(Self.languages.count)])+\(variant)"
    pitch = random.uniform(22, 34)
    rate = random.uniform(158, 174)
    brightness = random.uniform(-1.5, 1.5)
  }

  public init(name: String, pitch: Double, rate: Double, brightness: Double = 0) {
    (self.name, self.pitch, self.rate, self.brightness) = (name, pitch, rate, brightness)
  }
}

/// How a sentence is said.
public struct Delivery: Hashable, Sendable {
  public var voice: String
  /// espeak-ng's numbers: pitch 0 to 99, its range in per cent of the usual one, words a minute.
  public var pitch, range, rate: Int
  /// The speech's level in decibels below full scale (negative), and its treble's beside the variant's own.
  public var level, treble: Double
  /// A trembling voice: share of the amplitude that comes and goes, and how often a second.
  public var tremor, tremorRate: Double
  /// Standard deviation of the room's noise, full scale 1.
  public var noise: Double

  public init(
    voice: String, pitch: Int, range: Int, rate: Int, level: Double = -24, treble: Double = 0, tremor: Double = 0,
    tremorRate: Double = 6, noise: Double = 0
  ) {
    (self.voice, self.pitch, self.range, self.rate) = (voice, pitch, range, rate)
    (self.level, self.treble, self.tremor, self.tremorRate, self.noise) = (level, treble, tremor, tremorRate, noise)
  }

  /// Each axis of the signal in what is easily heard: effort is level and treble, tension is pitch, range and tremor,
  /// speed is the rate.
  public init(_ signal: Signal3, _ speaker: SpeakerVoice, _ random: inout RandomStream) {
    func whole(_ value: Double, _ low: Double, _ high: Double) -> Int { Int(min(max(value, low), high).rounded()) }
    voice = speaker.name
    pitch = whole(speaker.pitch + 8 * signal.y, 0, 99)
    range = whole(60 + 24 * signal.y, 5, 220)
    rate = whole(speaker.rate * pow(1.13, signal.z), 105, 260)
    level = min(max(-27 + 2.6 * signal.x, -42), -13)
    treble = min(max(speaker.brightness + 2.5 * signal.x, -14), 14)
    tremor = min(max(0.12 * signal.y - 0.05, 0), 0.7)
    tremorRate = random.uniform(5.5, 6.5)
    noise = pow(10, random.uniform(-62, -54) / 20)
  }
}
