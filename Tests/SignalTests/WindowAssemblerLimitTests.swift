import Signal
import Testing

/// What the assembler holds and waits for where tracks are late, out of order, or missing.
struct WindowAssemblerLimitTests {
  @Test func aTrackThatNeverComesIsNotWaitedForForEver() {
    var capacity = WindowAssembler<Int>.Capacity()
    (capacity.samples, capacity.frames) = (64_000, 128)
    var assembler = WindowAssembler<Int>(
      schedule: WindowSchedule(hop: Instant(seconds: 0.32)), video: true, audio: true, capacity: capacity)
    var windows = 0
    for i in 0..<600 {
      assembler.receive(
        AudioChunk(start: SampleBuffer.time(of: i * 1600), samples: [Float](repeating: 0.1, count: 1600)))
      while assembler.next() != nil { windows += 1 }
      #expect(assembler.held.samples <= 64_000)
    }
    #expect(windows > 150 && assembler.counters.forced == windows && assembler.counters.overflow == 0)

    var other = WindowAssembler<Int>(
      schedule: WindowSchedule(hop: Instant(seconds: 0.1)), video: true, audio: true, capacity: capacity)
    for i in 0..<3000 {
      other.receive(WindowAssemblerTests.frame(i, at: Int64(i) * 33_333_333, for: 33_333_333))
      while other.next() != nil {}
      #expect(other.held.frames <= 128)
    }
    #expect(other.counters.forced > 0 && other.counters.overflow == 0)
  }

  @Test func aLateTrackIsNoReasonToForce() {
    // Sound begins after five minutes; the picture is there from the start.
    var recording = Recording(hop: Instant(seconds: 1))
    recording.frames = WindowAssemblerTests.video(5, seconds: 310)
    recording.samples = [Float?](repeating: nil, count: 16_000 * 300) + WindowAssemblerTests.noise(16_000 * 10)
    var feeder = Feeder(recording, seed: 1)
    let windows = feeder.run()
    #expect(windows.count == 308 && feeder.counters.forced == 0 && feeder.mostSamples < 60_000)
    #expect(windows.count { $0.audio.spectrogram != nil } == 8)
    #expect(windows.allSatisfy { $0.people.first?.crops != nil })
  }

  @Test func framesOutOfOrderAreRefused() {
    var assembler = WindowAssembler<Int>(
      schedule: WindowSchedule(hop: Instant(seconds: 0.32)), video: true, audio: false)
    assembler.receive(WindowAssemblerTests.frame(0, at: 1_000_000_000, for: 1))
    assembler.receive(WindowAssemblerTests.frame(1, at: 0, for: 1))
    assembler.receive(WindowAssemblerTests.frame(2, at: .max - 5, for: 40))
    #expect(assembler.held.frames == 2 && assembler.counters.frames == 3)
  }

  @Test func wantsAgreesWithEverySlot() {
    var random = Seeded(state: 5)
    for hop in [0.32, 0.1, 0.333, 1.0, 2.56, 5.0] {
      let schedule = WindowSchedule(hop: Instant(seconds: hop))
      for _ in 0..<300 {
        let time = Int64.random(in: -100_000_000...20_000_000_000, using: &random)
        let next = time + Int64.random(in: 0...400_000_000, using: &random)
        // Every slot up to the frame's time plus 0.2 s.
        var brute = false
        for k in 0...200 {
          for i in 0..<16 {
            let slot = schedule.slot(i, of: k).nanoseconds
            if time <= slot, slot < next, slot - time <= 200_000_000 { brute = true }
          }
        }
        #expect(schedule.wants(Instant(nanoseconds: time)..<Instant(nanoseconds: next)) == brute)
      }
      #expect(!schedule.wants(Instant(nanoseconds: .min)..<Instant(nanoseconds: .min + 1)))
      _ = schedule.wants(Instant(nanoseconds: .max - 1)..<Instant(nanoseconds: .max))
    }
  }
}
