import Foundation
import SyntheticActors
import Tensor
import Testing

/// These need espeak-ng, which `make test` installs.
@Suite struct SpeechTests {
  private func say(_ delivery: Delivery) throws -> [Float] {
    try Speech.say("They all went to the sea.", delivery, scratch: "/tmp/mien-speech-\(UUID().uuidString).wav")
  }

  /// The middle one of the fundamental frequencies of loud 40 ms pieces, in hertz; by autocorrelation.
  private func pitch(_ samples: [Float]) -> Double {
    var found: [Double] = []
    let loud = samples.map { Double($0 * $0) }.reduce(0, +) / Double(samples.count)
    for start in stride(from: 0, to: samples.count - 1280, by: 640) {
      let part = samples[start..<start + 1280].map(Double.init)
      func correlation(_ lag: Int) -> Double {
        (0..<640).reduce(0.0) { $0 + part[$1] * part[$1 + lag] }
      }
      let power = correlation(0)
      guard power / 640 > loud else { continue }
      let lags = (32...266).map { (lag: $0, value: correlation($0)) }
      let best = lags.map(\.value).max() ?? 0
      // The first lag that is nearly as good as the best: its multiples are as good.
      guard best > 0.5 * power, let first = lags.first(where: { $0.value > 0.9 * best }) else { continue }
      found.append(16_000 / Double(first.lag))
    }
    return found.sorted()[found.count / 2]
  }

  @Test func higherPitchIsHeard() throws {
    for voice in ["en-us+m3", "en-gb+f2"] {
      let pitches = try [15, 45, 75].map { try pitch(say(Delivery(voice: voice, pitch: $0, range: 60, rate: 165))) }
      #expect(pitches[1] > 1.15 * pitches[0] && pitches[2] > 1.15 * pitches[1], "\(voice): \(pitches)")
    }
  }

  @Test func fasterIsShorterAndTheSameIsTheSame() throws {
    let slow = try say(Delivery(voice: "en-us", pitch: 40, range: 100, rate: 120))
    let fast = try say(Delivery(voice: "en-us", pitch: 40, range: 100, rate: 220))
    #expect(Double(slow.count) > 1.4 * Double(fast.count))
    #expect(try say(Delivery(voice: "en-us", pitch: 40, range: 100, rate: 220)) == fast)
  }

  @Test func levelTrebleAndTremorAreInTheSound() throws {
    let plain = Delivery(voice: "en-us", pitch: 40, range: 100, rate: 165, level: -30)
    let speech = try say(plain)
    func track(_ change: (inout Delivery) -> Void) -> Soundtrack {
      var (delivery, random) = (plain, RandomStream(seed: 1))
      change(&delivery)
      return Soundtrack(speech, delivery, lead: 2000, &random)
    }
    func power(_ samples: [Float]) -> Double { samples.reduce(0.0) { $0 + Double($1 * $1) } }
    let usual = track { _ in }
    #expect(usual.samples.count == usual.opening.count * Soundtrack.frame && usual.opening.count >= Soundtrack.frames)
    #expect(usual.samples.prefix(2000).allSatisfy { $0 == 0 })
    let louder = track { $0.level = -24 }
    #expect(abs(10 * log10(power(louder.samples) / power(usual.samples)) - 6) < 0.5)
    // Differences of neighbours are mostly treble.
    func treble(_ track: Soundtrack) -> Double {
      power(zip(track.samples, track.samples.dropFirst()).map { $1 - $0 }) / power(track.samples)
    }
    #expect(treble(track { $0.treble = 8 }) > 1.5 * treble(usual) && treble(track { $0.treble = -8 }) < treble(usual))
    #expect(power(track { $0.tremor = 0.6 }.samples) < 0.8 * power(usual.samples))
    #expect(power(track { $0.noise = 0.01 }.samples.prefix(2000) + []) > 0.1)
    // The mouth moves with the speech alone.
    #expect(louder.opening == usual.opening && usual.opening.prefix(2) == [0, 0])
    #expect(usual.opening.max() ?? 0 > 0.4 && usual.opening.allSatisfy { (0...1).contains($0) })
  }

  @Test func signalsAreTurnedIntoDelivery() {
    let speaker = SpeakerVoice(name: "en-us+f1", pitch: 28, rate: 165)
    func delivery(_ signal: Signal3) -> Delivery {
      var random = RandomStream(seed: 1)
      return Delivery(signal, speaker, &random)
    }
    let (rest, effort, tension, speed) = (
      delivery(Signal3(0, 0, 0)), delivery(Signal3(2, 0, 0)), delivery(Signal3(0, 3, 0)), delivery(Signal3(0, 0, 2))
    )
    #expect(effort.level > rest.level + 5 && effort.treble > rest.treble + 4 && effort.pitch == rest.pitch)
    #expect(tension.pitch > rest.pitch + 20 && tension.range > rest.range && tension.tremor > rest.tremor + 0.2)
    #expect(speed.rate > rest.rate + 30 && speed.level == rest.level)
    let far = delivery(Signal3(40, 40, 40))
    #expect(far.pitch == 99 && far.tremor <= 0.7 && far.level < 0)
  }
}
