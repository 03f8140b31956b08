import Media
import Signal
import Testing

@Suite struct Clocks {
  private func ms(_ x: Int64) -> Instant { Instant(nanoseconds: x * 1_000_000) }

  @Test func framesNeverGoBack() {
    var clock = FrameClock(nominal: ms(40))
    let stamps: [Int64?] = [100, 140, nil, 170, 220, 220, 260, 5, 45]
    let placed = stamps.map { clock.place($0.map(ms)).nanoseconds / 1_000_000 }
    // 170 came after a frame without a stamp at 180; the second 220 is a repeat.
    #expect(placed == [100, 140, 180, 181, 220, 221, 260, 261, 262])
    #expect(clock.repaired == 4 && clock.resets == 0)
  }

  @Test func aClockSetBackGoesOn() {
    var clock = FrameClock(nominal: ms(40))
    let placed = [5000, 5040, 0, 40, 80].map { clock.place(ms($0)).nanoseconds / 1_000_000 }
    #expect(placed == [5000, 5040, 5080, 5120, 5160])
    #expect(clock.resets == 1)
  }

  /// A day may be missing, a century may not: the time line is closed up there, and it is counted.
  @Test func leapsHaveABound() {
    let hour: Int64 = 3_600_000
    var clock = FrameClock(nominal: ms(40))
    let stamps = [0, 40, hour, 20 * hour, 30 * hour, 30 * hour + 40, 2_900_000_000_000, 40, 2_900_000_000_000, 80]
    let placed = stamps.map { clock.place(ms($0)).nanoseconds / 1_000_000 }
    let end = 30 * hour + 40
    #expect(placed == [0, 40, hour, 20 * hour, end - 40, end, end + 40, end + 80, end + 120, end + 160])
    #expect(clock.leaps.refused == 2 && clock.resets == 2)
    // A day at a time, and a month in all.
    var often = FrameClock(nominal: ms(40))
    let days = (0..<40).map { often.place(ms($0 * 20 * hour)).nanoseconds / 1_000_000 }
    #expect(days[36] == 36 * 20 * hour && days[37] == days[36] + 40 && often.leaps.refused == 3)

    var sound = SampleClock(rate: 16_000)
    #expect(sound.join(stamp: ms(0), count: 1600) == .opens(ms(0)))
    #expect(sound.join(stamp: ms(2_900_000_000_000), count: 1600) == .follows(dropping: 0))
    #expect(sound.join(stamp: ms(2_900_000_000_100), count: 1600) == .follows(dropping: 0))
    #expect(sound.join(stamp: ms(0), count: 1600) == .follows(dropping: 0))
    #expect(sound.expected == ms(400) && sound.leaps.refused == 1 && sound.resets == 1 && sound.holes == 0)
    // Short gaps never use it up.
    for i in 1...40_000 { _ = sound.join(stamp: ms(Int64(i) * 5000), count: 1600) }
    #expect(sound.leaps.refused == 1)
  }

  @Test func soundJoinsHolesAndOverlaps() {
    var clock = SampleClock(rate: 16_000)
    #expect(clock.join(stamp: ms(100), count: 1600) == .opens(ms(100)))
    #expect(clock.join(stamp: ms(195), count: 1600) == .follows(dropping: 0))
    #expect(clock.join(stamp: ms(400), count: 1600) == .opens(ms(400)))
    #expect(clock.join(stamp: ms(440), count: 1600) == .follows(dropping: 960))
    #expect(clock.expected == ms(540))
    #expect(clock.join(stamp: ms(440), count: 800) == .follows(dropping: 800))
    #expect(clock.join(stamp: nil, count: 1600) == .follows(dropping: 0))
    #expect(clock.holes == 1 && clock.overlaps == 2 && clock.resets == 0)
  }

  @Test func soundKeepsTimeOverHours() {
    var clock = SampleClock(rate: 44_100)
    var opened = 0
    for i in 0..<(3600 * 44) {
      // Millisecond stamps, as Matroska has them.
      let stamp = Int64((Double(i) * 1000 * 1000 / 44_100).rounded())
      if case .opens = clock.join(stamp: ms(stamp), count: 1000) { opened += 1 }
    }
    #expect(opened == 1)
  }
}
