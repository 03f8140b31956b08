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
