import Foundation
import Signal
import TestSupport
import Testing

/// Noises that are made here are no speech, and what changes as speech does is.
@Suite struct SpeechActivityTests {
  private static let count = 255 * FilterBank.shift + FilterBank.samples

  /// Numbers that are always the same ones.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let mixed = (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
      return mixed ^ mixed >> 33
    }

    mutating func normal() -> Double {
      let (a, b) = (Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self))
      return sqrt(-2 * log(a)) * cos(2 * .pi * b)
    }
  }

  /// As a microphone with 16 bits gives it.
  private func share(_ samples: [Double], decibels: Double) -> Double {
    let mean = samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count)
    let gain = mean > 0 ? pow(10, decibels / 20) / sqrt(mean) : 0
    let taken = samples.map { Float((max(min($0 * gain, 1), -1) * 32_767).rounded() / 32_768) }
    return SpeechActivity.share(of: FilterBank().spectrogram(of: taken).values)
  }

  /// Noise whose energy falls with frequency by a pole: 0 is white, near 1 brown.
  private func noise(_ pole: Double, _ dice: inout Dice) -> [Double] {
    var last = 0.0
    return (0..<Self.count).map { _ in
      last = pole * last + dice.normal()
      return last
    }
  }

  private func hum(_ hertz: Double, harmonics: Int, _ dice: inout Dice) -> [Double] {
    let parts = (1...harmonics).map { k in
      (hertz * Double(k), Double.random(in: 0...1, using: &dice) / Double(k), Double.random(in: 0..<6.28, using: &dice))
    }
    return (0..<Self.count).map { i in
      parts.reduce(0) { $0 + $1.1 * cos(2 * .pi * $1.0 * Double(i) / 16_000 + $1.2) }
    }
  }

  /// Keys that are struck a few times a second, over a quiet room.
  private func keyboard(_ dice: inout Dice) -> [Double] {
    var samples = noise(0.9, &dice).map { $0 * 0.002 }
    var at = Int.random(in: 0..<4000, using: &dice)
    while at < Self.count {
      let (decay, pitch) = (Double.random(in: 20...80, using: &dice), Double.random(in: 100...300, using: &dice))
      for i in 0..<min(400, Self.count - at) {
        let fall = exp(-Double(i) / decay)
        samples[at + i] += fall * (dice.normal() + 0.3 * sin(2 * .pi * pitch * Double(i) / 16_000))
      }
      at += Int.random(in: 1200..<6400, using: &dice)
    }
    return samples
  }

  @Test func noisesAreNoSpeech() {
    var dice = Dice(state: 3)
    var shares: [String: [Double]] = [:]
    for _ in 0..<20 {
      let level = Double.random(in: -65 ... -15, using: &dice)
      for (name, pole) in [("white", 0.0), ("pink", 0.9), ("brown", 0.995)] {
        shares[name, default: []].append(share(noise(pole, &dice), decibels: level))
      }
      for hertz in [50.0, 60] {
        let tone = hum(hertz, harmonics: Int.random(in: 1...30, using: &dice), &dice)
        shares["hum", default: []].append(share(tone, decibels: level))
        let mixed = zip(tone, noise(0.9, &dice)).map { $0 + 0.1 * $1 }
        shares["hum and noise", default: []].append(share(mixed, decibels: level))
      }
      // An automatic gain, and a fan that starts.
      let gained = noise(0.9, &dice).enumerated().map { $1 * pow(10, Double($0) / Double(Self.count)) }
      shares["gain", default: []].append(share(gained, decibels: level))
      let started = noise(0.95, &dice).enumerated().map { $0 < Self.count / 2 ? 0.001 * $1 : $1 }
      shares["start", default: []].append(share(started, decibels: level))
      shares["keyboard", default: []].append(share(keyboard(&dice), decibels: level))
    }
    for (name, found) in shares {
      #expect(found.count { $0 >= 0.03 } == 0, "\(name): \(found.sorted().suffix(3))")
    }
  }

  @Test func silenceIsNoSpeech() {
    #expect(share([Double](repeating: 0, count: Self.count), decibels: 0) == 0)
    #expect(share([Double](repeating: 1, count: Self.count), decibels: -20) == 0)
    var dice = Dice(state: 5)
    let last = (0..<Self.count).map { _ in Double(Int.random(in: -1...1, using: &dice)) }
    #expect(share(last, decibels: 20 * log10(0.8 / 32_768)) < 0.03)
    #expect(SpeechActivity.share(of: []) == 0)
  }

  @Test func aVoiceIsSpeech() {
    var dice = Dice(state: 7)
    for seed in 0..<20 {
      let level = Double.random(in: -50 ... -15, using: &dice)
      let voice = SyllableVoice(pitch: Double.random(in: 90...240, using: &dice), seed: seed)
      let samples = (0..<Self.count).map { voice.sample($0) + 0.0002 * dice.normal() }
      let found = share(samples, decibels: level)
      #expect(found >= 0.15, "\(found) at \(level) dB")
      #expect(share(samples, decibels: level) == found)
    }
  }

  /// Rows that a short recording does not have count as silence, not as something loud.
  @Test func missingRowsAreSilent() {
    var dice = Dice(state: 9)
    var values = FilterBank().spectrogram(of: noise(0, &dice).map { Float(0.01 * $0) }).values
    for i in 100 * FilterBank.bins..<values.count { values[i] = 0 }
    #expect(SpeechActivity.share(of: values) < 0.03)
  }
}
