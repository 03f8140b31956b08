import Foundation
import Media
import MediaFixtures
import Signal
import Testing

@testable import Media

/// A voice keeps its level, from whichever channels it comes.
@Suite struct ChannelTests {
  private static let voice = (0..<16_000).map { i -> Float in
    let t = Double(i) / 16_000
    return Float(0.3 * sin(2 * .pi * 300 * t) * (0.6 + 0.4 * sin(2 * .pi * 3 * t)))
  }

  private func level(_ samples: [Float]) -> Double {
    10 * log10(samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count))
  }

  /// The same voice in one or several channels, as loud as in mono.
  @Test(
    arguments: [
      [1, 0], [0, 1], [1, 1], [0, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0, 1],
    ] as [[Float]]) func aVoiceInAnyChannelsHasTheLevelOfMono(levels: [Float]) throws
  {
    let scratch = try Scratch()
    let path = scratch.file("voice.mkv")
    try TestClip(sound: .init(channels: levels.count, samples: Self.voice, levels: levels)).write(to: path)
    let taken = try Taken(.file(path)).samples
    #expect(taken.count == Self.voice.count)
    #expect(zip(taken, Self.voice).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(try AudioFile.read16k(path) == taken)
  }

  /// libsndfile and libav read a wav alike.
  @Test func aWavOfTwoChannelsIsTheSameByBothReaders() throws {
    let scratch = try Scratch()
    let path = scratch.file("two.wav")
    try TestClip(
      sound: .init(rate: 44_100, channels: 2, samples: sine(300, rate: 44_100, seconds: 1), levels: [1, 0.2])
    )
    .write(to: path)
    let (whole, chunks) = (try AudioFile.read16k(path), try Taken(.file(path)).samples)
    #expect(whole.count == chunks.count && zip(whole, chunks).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  /// A channel of hiss 40 dB below, an offset, or hum beside the voice takes less than half a decibel of it.
  @Test func anIdleChannelDoesNotCount() {
    var random = Noise()
    let idle: [(Int) -> Float] = [
      { _ in 0.003 * random.next() }, { _ in 0.1 },
      { 0.05 * Float(sin(2 * .pi * 50 * Double($0) / 16_000)) },
    ]
    for (place, noise) in idle.enumerated() {
      let other = (0..<Self.voice.count).map(noise)
      let mixed = mix([Self.voice, other], chunk: 480)
      #expect(abs(level(mixed) - level(Self.voice)) < 0.5, "\(place): \(level(mixed)) and \(level(Self.voice)) dB")
    }
  }

  /// Two speakers on two channels: each keeps the level while the other is silent.
  @Test func speakersInTurnKeepTheirLevels() {
    let (half, none) = (Self.voice.count / 2, [Float](repeating: 0, count: Self.voice.count / 2))
    let (a, b) = (Array(Self.voice.prefix(half)), Array(Self.voice.suffix(half)))
    let mixed = mix([a + none, none + b], chunk: 1000)
    #expect(abs(level(Array(mixed.prefix(half))) - level(a)) < 0.3)
    #expect(abs(level(Array(mixed.suffix(half))) - level(b)) < 0.3)
  }

  @Test func channelsThatCancelEachOtherAreSilent() throws {
    let scratch = try Scratch()
    let path = scratch.file("antiphase.wav")
    try TestClip(sound: .init(channels: 2, samples: Self.voice, levels: [1, -1])).write(to: path)
    #expect(try Silence.isSilent(Taken(.file(path)).samples) && Silence.isSilent(AudioFile.read16k(path)))
  }

  @Test func howItIsCutIntoCallsMakesNoDifference() {
    var random = Noise()
    let other = Self.voice.map { 0.4 * $0 + 0.1 * random.next() }
    let whole = mix([Self.voice, other], chunk: 16_000)
    for chunk in [1, 7, 320, 321, 5000] { #expect(mix([Self.voice, other], chunk: chunk) == whole, "\(chunk)") }
    #expect(whole.count == Self.voice.count)
    // Shorter than a block, and nothing at all.
    #expect(mix([[0.5, 0.25], [0.5, 0.25]], chunk: 2) == [0.5, 0.25] && mix([[], []], chunk: 1) == [])
  }

  /// A linear congruence, from -1 to 1.
  private struct Noise {
    private var state: UInt32 = 9
    mutating func next() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / 8_388_608 - 1
    }
  }

  private func mix(_ channels: [[Float]], chunk: Int) -> [Float] {
    var mixer = ChannelMixer(channels: channels.count, rate: 16_000)
    var out: [Float] = []
    var at = 0
    while at < channels[0].count {
      let count = min(chunk, channels[0].count - at)
      let stores = channels.map { Array($0[at..<at + count]) }
      let pointers = stores.map { store -> UnsafeMutablePointer<Float> in
        let pointer = UnsafeMutablePointer<Float>.allocate(capacity: count)
        pointer.update(from: store, count: count)
        return pointer
      }
      out += mixer.mix(pointers.map { UnsafePointer($0) }, count: count)
      for pointer in pointers { pointer.deallocate() }
      at += count
    }
    return out + mixer.flush()
  }
}
