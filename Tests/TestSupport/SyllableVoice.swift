import Glibc

/// Sound that changes as speech does: a voice of harmonics whose formants go from vowel to vowel every 120 ms, with a pause
/// after every fourth vowel. The same numbers always.
package struct SyllableVoice {
  private static let vowels: [(first: Double, second: Double)] = [
    (300, 2300), (700, 1200), (400, 800), (600, 1800), (350, 1500),
  ]
  /// Samples of a vowel.
  private static let length = 1920
  private let pitch: Double
  private let seed: Int

  /// - Parameters:
  ///   - pitch: in Hz.
  ///   - seed: which vowels follow each other.
  package init(pitch: Double = 140, seed: Int = 1) { (self.pitch, self.seed) = (pitch, seed) }

  /// The sample at a position, 16 000 a second; −1 to 1.
  package func sample(_ position: Int) -> Double {
    let (place, within) = position.quotientAndRemainder(dividingBy: Self.length)
    guard place % 5 != 4 else { return 0 }
    let vowel = Self.vowels[(place * 7919 + seed * 31 + place / 5 * 13) % 5]
    var sum = 0.0
    for k in 1...Int(4000 / pitch) {
      let hertz = pitch * Double(k)
      let (a, b) = ((hertz - vowel.first) / 120, (hertz - vowel.second) / 200)
      sum += (exp(-a * a) + 0.5 * exp(-b * b) + 0.01) * sin(2 * .pi * hertz * Double(position) / 16_000)
    }
    return 0.2 * sum * sin(.pi * Double(within) / Double(Self.length))
  }
}
