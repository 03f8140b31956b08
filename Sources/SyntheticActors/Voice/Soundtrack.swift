internal import Glibc
public import Tensor

/// A clip's sound, and what the mouth does with it.
public struct Soundtrack: Hashable, Sendable {
  /// 16 kHz mono, in [-1, 1]; a whole number of frames long.
  public var samples: [Float]
  /// Of each frame, from 0 to 1: how loud the speech is, and how dark (lips are round in dark vowels).
  public var opening, rounding: [Double]

  /// Samples of a frame, 25 a second.
  public static let frame = 640
  /// Frames of a clip; more if the speech is longer.
  public static let frames = 64

  /// - Parameters:
  ///   - speech: as `Speech.say` gives it.
  ///   - lead: samples of silence before it.
  public init(_ speech: [Float], _ delivery: Delivery, lead: Int, _ random: inout RandomStream) {
    var voice = Self.levelled(speech)
    let count = max(Self.frames, (lead + voice.count + Self.frame - 1) / Self.frame)
    var all = [Float](repeating: 0, count: count * Self.frame)
    all.replaceSubrange(lead..<lead + voice.count, with: voice)
    (opening, rounding) = Self.mouth(all)

    Self.shelve(&voice, decibels: delivery.treble)
    voice = Self.levelled(voice)
    let gain = pow(10, delivery.level / 20)
    let turn = 2 * Double.pi * delivery.tremorRate / 16_000
    let phase = random.uniform(0, 2 * Double.pi)
    for i in voice.indices {
      let tremor = 1 - delivery.tremor * (0.5 + 0.5 * sin(turn * Double(i) + phase))
      // Samples that are too loud are limited softly, as by a microphone, and not clipped.
      all[lead + i] = Float(tanh(gain * tremor * Double(voice[i])))
    }
    if delivery.noise > 0 { for i in all.indices { all[i] += Float(delivery.noise * random.normal()) } }
    samples = all.map { min(max($0, -1), 1) }
  }

  /// With a root mean square of 1 where there is speech.
  private static func levelled(_ speech: [Float]) -> [Float] {
    let peak = speech.map(abs).max() ?? 0
    guard peak > 0 else { return speech }
    let loud = speech.filter { abs($0) > peak / 50 }
    let power = loud.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(loud.count, 1))
    return speech.map { $0 / Float(power.squareRoot()) }
  }

  /// Raises or lowers what lies above 1 kHz.
  private static func shelve(_ samples: inout [Float], decibels: Double) {
    let gain = Float(pow(10, decibels / 20))
    let share = Float(1 - exp(-2 * Double.pi * 1000 / 16_000))
    var low: Float = 0
    for i in samples.indices {
      low += share * (samples[i] - low)
      samples[i] = low + gain * (samples[i] - low)
    }
  }

  /// Loudness opens the mouth; few crossings of zero, as in "oo", round it.
  private static func mouth(_ samples: [Float]) -> (opening: [Double], rounding: [Double]) {
    let count = samples.count / frame
    var opening = [Double](repeating: 0, count: count)
    var rounding = opening
    for index in 0..<count {
      let part = samples[index * frame..<(index + 1) * frame]
      let power = part.reduce(0.0) { $0 + Double($1 * $1) } / Double(frame)
      let crossings = zip(part, part.dropFirst()).filter { ($0 < 0) != ($1 < 0) }.count
      // Hisses are loud with a nearly closed mouth.
      let voiced = max(0, 1 - Double(crossings) / 250)
      opening[index] = min(1, power.squareRoot() * 0.75) * voiced
      rounding[index] = opening[index] * max(0, 1 - Double(crossings) / 60)
    }
    func smooth(_ values: [Double]) -> [Double] {
      values.indices.map { i in
        (values[max(i - 1, 0)] + 2 * values[i] + values[min(i + 1, count - 1)]) / 4
      }
    }
    return (smooth(opening), smooth(rounding))
  }
}
