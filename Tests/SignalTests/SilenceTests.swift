import Signal
import Testing

@Suite struct SilenceTests {
  /// Three seconds of samples of one magnitude, with one louder sample at a place.
  private func windows(_ level: Float, _ louder: Float? = nil, at place: Int = 0) -> [Window<Int>] {
    var assembler = WindowAssembler<Int>(schedule: WindowSchedule(), video: false, audio: true)
    var samples = (0..<48_000).map { $0 % 2 == 0 ? level : -level }
    if let louder { samples[place] = louder }
    assembler.receive(AudioChunk(start: .zero, samples: samples))
    assembler.endAudio()
    var found: [Window<Int>] = []
    while let window = assembler.next() { found.append(window) }
    return found
  }

  @Test func aWindowInWhichNoSampleReachesTheLimitIsSilent() {
    #expect(windows(0).map(\.audio.isSilent) == [true, true])
    #expect(windows(0.000_9).allSatisfy(\.audio.isSilent) && windows(0.001).allSatisfy { !$0.audio.isSilent })
    // The spectrogram is still there: who uses it decides.
    #expect(windows(0).allSatisfy { $0.audio.spectrogram != nil && $0.audio.level == -120 })
    // The sample at 0.1 s is in the first window alone.
    #expect(windows(0, -0.2, at: 1_600).map(\.audio.isSilent) == [false, true])
  }

  @Test func whatIsTooLittleIsNotCalledSilent() {
    var assembler = WindowAssembler<Int>(schedule: WindowSchedule(), video: false, audio: true)
    assembler.receive(AudioChunk(start: .zero, samples: [Float](repeating: 0, count: 16_000)))
    assembler.receive(AudioChunk(start: Instant(seconds: 2.5), samples: [Float](repeating: 0, count: 16_000)))
    assembler.endAudio()
    #expect(assembler.next().map { $0.audio.isSilent || $0.audio.spectrogram != nil } == false)
  }

  @Test func theSameRuleForAWholeClip() {
    #expect(Silence.isSilent([0, 0.000_9, -0.000_9]) && !Silence.isSilent([0, -0.001]) && Silence.isSilent([]))
    #expect(Silence.isSilent(peak: 0) && !Silence.isSilent(peak: Silence.limit))
  }
}
