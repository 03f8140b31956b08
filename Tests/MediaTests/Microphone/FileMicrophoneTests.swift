import Media
import MediaFixtures
import Signal
import Testing
import Threading

struct FileMicrophoneTests {
  @Test func samplesInTheirTime() throws {
    let scratch = try Scratch()
    let path = scratch.file("voice.wav")
    let samples = sine(300, rate: 16_000, seconds: 0.25)
    try TestClip(sound: TestClip.Sound(samples: samples)).write(to: path)
    let log = MicrophoneLog()
    let start = MonotonicClock.now() + 50_000_000
    let late = Lateness()
    let keeper = try MicrophoneKeeper(wanted: path, start: start) {
      if case .sound(let sound) = $0 { late.see(sound, now: MonotonicClock.now()) }
      log.take($0)
    }
    #expect(log.wait(3) { if case .finished = $0 { true } else { false } } != nil)
    keeper.stop()
    #expect(log.words == ["opened \(path)", "finished"])
    #expect(log.sounds.flatMap(\.samples) == samples.map { Int16(($0 * 32768).rounded()) })
    #expect(log.sounds.map(\.samples.count) == [Int](repeating: 320, count: 12) + [160])
    for (i, sound) in log.sounds.enumerated() {
      #expect(sound.time == start + Int64(i) * 20_000_000 && !sound.gap && sound.slip == 0)
    }
    // Never before it has sounded.
    #expect(late.least >= 0)
    #expect(late.least < 20_000_000)
  }

  @Test func itLoopsWithoutAGapUntilStopped() throws {
    let scratch = try Scratch()
    let path = scratch.file("voice.wav")
    try TestClip(sound: TestClip.Sound(samples: sine(300, rate: 16_000, seconds: 0.05))).write(to: path)
    let log = MicrophoneLog()
    let keeper = try MicrophoneKeeper(wanted: path, loop: true, sink: log.take)
    var count = 0
    #expect(
      log.wait(3) {
        if case .sound = $0 { count += 1 }
        return count == 7
      } != nil)
    keeper.stop()
    let sounds = log.sounds
    #expect(log.words == ["opened \(path)"])
    for (a, b) in zip(sounds, sounds.dropFirst()) {
      #expect(b.time == a.time + Int64(a.samples.count) * 62_500 && !b.gap)
    }
    let all = sounds.flatMap(\.samples)
    #expect(Array(all[800..<1600]) == Array(all[0..<800]))
  }

  @Test func aFileWithoutSoundIsRefused() throws {
    let scratch = try Scratch()
    let path = scratch.file("silent.mkv")
    try TestClip(picture: TestClip.Picture(times: [0, 40], draw: ramp(320, 240))).write(to: path)
    #expect(throws: MediaError.self) { try MicrophoneKeeper(wanted: path, sink: { _ in }) }
  }
}

/// How long after its end a fragment came; the least of all.
private final class Lateness: @unchecked Sendable {
  // @unchecked because only one thread sees sounds, and the test reads after that thread has ended.
  private(set) var least = Int64.max
  func see(_ sound: CapturedAudio, now: Int64) {
    least = min(least, now - sound.time - Int64(sound.samples.count) * 62_500)
  }
}
