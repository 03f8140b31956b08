internal import Glibc
internal import Signal
internal import Tensor

/// What happens to a clip's sound and its spectrogram; published is loudness alone, the rest is off unless asked for.
public struct AudioAugmentation: Hashable, Sendable {
  /// The clip's mean is taken off, then all is multiplied by Beta(10, 10) + 0.5: 0.5 to 1.5, mostly near 1.
  public var loudness = false
  /// The sound is played this many times as fast, pitch and all; drawn evenly. 1...1: as it is.
  public var speed: ClosedRange<Double> = 1...1
  /// The share of the chosen sound that is kept, a stretch from a random start; drawn evenly. 1...1: all.
  public var keeps: ClosedRange<Double> = 1...1
  /// A random equaliser: 6 gains, each drawn evenly from minus to plus this many decibels, evenly spaced over the mel
  /// bins and linear between them; one curve for the whole clip (as FilterAugment's linear type, Nam et al., 2022). It
  /// stands for rooms, microphones and the long-term spectrum of a voice.
  public var equalizer = 0.0
  /// Whether sound that is shorter than the window begins at a random row instead of the first.
  public var shifts = false
  /// Stretches of the spectrogram that are hidden, at random places (SpecAugment, Park et al., 2019).
  public var timeMasks = Masks()
  public var melMasks = Masks()

  /// How many, and how wide at most: each width is drawn evenly from 0 to `width`.
  public struct Masks: Hashable, Sendable {
    public var count, width: Int

    public init(count: Int = 0, width: Int = 0) {
      precondition(count >= 0 && width >= 0, "\(count) masks of \(width)")
      (self.count, self.width) = (count, width)
    }
  }

  public init() {}

  /// Samples of the clip to samples of the input.
  func sound(_ samples: [Float], key: RandomKey) -> [Float] {
    var result = samples
    if speed != 1...1 || keeps != 1...1 {
      var random = key.stream(.soundStretch)
      let factor = random.uniform(speed.lowerBound, speed.upperBound)
      let share = random.uniform(keeps.lowerBound, keeps.upperBound)
      let place = random.uniform()
      if factor != 1 { result = Self.played(result, factor) }
      let count = min(max(Int(share * Double(result.count)), 1), result.count)
      let first = Int(place * Double(result.count - count + 1))
      result = Array(result[first..<first + count])
    }
    if loudness {
      var random = key.stream(.loudness)
      let gain = Float(random.beta(10, 10) + 0.5)
      let mean = Float(result.reduce(0.0) { $0 + Double($1) } / Double(max(result.count, 1)))
      result = result.map { ($0 - mean) * gain }
    }
    return result
  }

  /// Linear interpolation between samples. Faster sound folds its highest band (above 7 kHz at 1.1 times) back: that is
  /// little of a voice, and augmentation may be rough.
  private static func played(_ samples: [Float], _ factor: Double) -> [Float] {
    let count = Int(Double(samples.count) / factor)
    return (0..<count).map { i in
      let at = Double(i) * factor
      let left = min(Int(at), samples.count - 1)
      let share = Float(at - Double(left))
      return samples[left] + share * (samples[min(left + 1, samples.count - 1)] - samples[left])
    }
  }

  /// Rows of a spectrogram, `FilterBank.bins` log-mel values each, to the window's 256 with the equaliser's gains on them;
  /// rows without sound are 0.
  func window(_ rows: [Float], key: RandomKey) -> [Float] {
    let bins = FilterBank.bins
    var rows = rows.count > Spectrogram.count ? Array(rows.prefix(Spectrogram.count)) : rows
    if equalizer > 0 {
      var random = key.stream(.equalizer)
      let gains = Self.curve((0..<6).map { _ in random.uniform(-equalizer, equalizer) }, over: bins)
      for i in rows.indices { rows[i] += gains[i % bins] }
    }
    let free = (Spectrogram.count - rows.count) / bins
    var before = 0
    if shifts && free > 0 {
      var random = key.stream(.soundShift)
      before = random.below(free + 1) * bins
    }
    return [Float](repeating: 0, count: before) + rows
      + [Float](repeating: 0, count: Spectrogram.count - rows.count - before)
  }

  /// Decibels at evenly spaced places to what is added to natural logarithms of power in each bin.
  private static func curve(_ decibels: [Double], over bins: Int) -> [Float] {
    (0..<bins).map { bin in
      let at = Double(bin) / Double(bins - 1) * Double(decibels.count - 1)
      let left = min(Int(at), decibels.count - 2)
      let decibel = decibels[left] + (at - Double(left)) * (decibels[left + 1] - decibels[left])
      return Float(decibel * log(10) / 10)
    }
  }

  /// Hides stretches of 256 × 128 values that are not yet normalised. What is hidden is 0, like rows that are missing.
  func hide(_ rows: inout [Float], key: RandomKey) {
    guard timeMasks.count > 0 || melMasks.count > 0 else { return }
    var random = key.stream(.spectrogramMasks)
    let bins = FilterBank.bins
    let count = rows.count / bins
    for _ in 0..<timeMasks.count {
      let hidden = Self.stretch(timeMasks.width, of: count, &random)
      for i in hidden.lowerBound * bins..<hidden.upperBound * bins { rows[i] = 0 }
    }
    for _ in 0..<melMasks.count {
      let hidden = Self.stretch(melMasks.width, of: bins, &random)
      for row in 0..<count {
        for bin in hidden { rows[row * bins + bin] = 0 }
      }
    }
  }

  private static func stretch(_ width: Int, of count: Int, _ random: inout RandomStream) -> Range<Int> {
    let width = min(random.below(width + 1), count)
    let first = random.below(count - width + 1)
    return first..<first + width
  }
}
