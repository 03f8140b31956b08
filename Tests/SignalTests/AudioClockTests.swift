import Signal
import Testing

/// A simulated sound card whose samples' true times are known.
private struct Card {
  /// Nanoseconds when sample 0 sounds.
  var start: Int64 = 1_000_000_000
  var ppm = 0.0
  /// Stamps are late by up to this many nanoseconds.
  var jitter: Int64 = 0
  private var state: UInt64 = 1

  init(ppm: Double = 0, jitter: Int64 = 0) { (self.ppm, self.jitter) = (ppm, jitter) }

  func truth(_ sample: Int) -> Int64 { start + Int64((Double(sample) * 62_500 / (1 + ppm * 1e-6)).rounded()) }

  mutating func stamp(_ sample: Int) -> Int64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return truth(sample) + (jitter == 0 ? 0 : Int64(state >> 33) % (jitter + 1))
  }

  /// Samples say their own number, so that a placed one can be known again.
  static func samples(_ range: Range<Int>) -> [Int16] { range.map { Int16(truncatingIfNeeded: $0) } }
}

/// Checks what every placement must hold, and measures it.
private struct Ledger {
  var card: Card
  var end: Int64?
  var next = 0
  var worst: Int64 = 0
  var sum: Int64 = 0
  var chunks = 0
  var gaps = 0
  /// Samples may be missing where no chunk says so yet.
  var mayMiss = false

  init(_ card: Card) { self.card = card }

  mutating func take(_ placed: [CapturedAudio]) {
    for chunk in placed {
      let first = chunk.samples[0]
      let ahead = Int(UInt16(bitPattern: first &- Int16(truncatingIfNeeded: next)))
      #expect(chunk.gap || mayMiss || ahead == 0)
      next += ahead
      if let end { #expect(chunk.gap ? chunk.time >= end : chunk.time == end) } else { #expect(!chunk.gap) }
      #expect(abs(chunk.slip) <= 1)
      let error = abs(chunk.time - card.truth(next + max(-chunk.slip, 0)))
      (worst, sum) = (max(worst, error), sum + error)
      (chunks, gaps) = (chunks + 1, gaps + (chunk.gap ? 1 : 0))
      next += chunk.samples.count
      end = chunk.time + 62_500 * Int64(chunk.samples.count + chunk.slip)
    }
  }
}

struct AudioClockTests {
  private func ms(_ x: Int64) -> Int64 { x * 1_000_000 }

  @Test(arguments: [0.0, 50, -50, 200, -200])
  func anHourStaysInPlace(ppm: Double) {
    var card = Card(ppm: ppm, jitter: ms(30))
    var clock = AudioClock()
    var ledger = Ledger(card)
    var late: Int64 = 0
    for i in 0..<(3600 * 50) {
      let first = i * 320
      ledger.take(clock.place(Card.samples(first..<first + 320), stamp: card.stamp(first)))
      if i == 1500 { (late, ledger.worst) = (ledger.worst, 0) }
    }
    let due = abs(Int((ppm * 1e-6 * 3600 * 16_000).rounded()))
    print(
      "sound clock, \(ppm) ppm: worst error \(Double(late) / 1e6) ms in the first 30 s, \(Double(ledger.worst) / 1e6) ms "
        + "after; mean \(Double(ledger.sum) / Double(ledger.chunks) / 1e6) ms; \(clock.counters.slips) slips for \(due); "
        + "\(clock.ppm) ppm")
    #expect(late < ms(10))
    #expect(ledger.worst < ms(3))
    #expect(clock.counters.gaps == 0 && clock.counters.cut == 0)
    #expect(abs(clock.ppm - ppm) < 40)
    #expect(clock.counters.slips >= due - 160)
    #expect(clock.counters.slips < due + 6000)
  }

  @Test func anExactCardIsNeverTouched() {
    var card = Card()
    var clock = AudioClock()
    var ledger = Ledger(card)
    for i in 0..<3000 {
      ledger.take(clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: card.stamp(i * 320)))
    }
    #expect(ledger.worst == 0 && ledger.next == 960_000)
    #expect(clock.counters == AudioClock.Counters())
  }

  @Test func oneLateStampDoesNotPlaceASegment() {
    var card = Card()
    var clock = AudioClock()
    var ledger = Ledger(card)
    for i in 0..<50 {
      let late = i == 0 ? ms(40) : 0
      ledger.take(clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: card.stamp(i * 320) + late))
    }
    #expect(ledger.worst == 0 && clock.counters.gaps == 0)
  }

  /// The card goes on, but two seconds of it never come (a suspended source), and nobody says so.
  @Test func suspension() {
    var card = Card(ppm: 100, jitter: ms(20))
    var clock = AudioClock()
    var ledger = Ledger(card)
    for i in (0..<3000).filter({ !(1000..<1100).contains($0) }) {
      ledger.take(clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: card.stamp(i * 320)))
    }
    #expect(ledger.gaps == 1 && clock.counters.gaps == 1)
    #expect(ledger.worst < ms(10), "worst \(ledger.worst)")
    #expect(ledger.next == 960_000)
  }

  @Test func aHoleOfKnownLength() {
    var card = Card(jitter: ms(20))
    var clock = AudioClock()
    var ledger = Ledger(card)
    for i in (0..<1000).filter({ $0 != 400 }) {
      let loss = i == 401 ? AudioLoss.samples(320) : .none
      ledger.take(clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: card.stamp(i * 320), loss: loss))
    }
    #expect(ledger.gaps == 1)
    #expect(ledger.worst < ms(10), "worst \(ledger.worst)")
  }

  @Test func anUnknownLossAndASmallUntoldOne() {
    for told in [true, false] {
      var card = Card(jitter: ms(10))
      var clock = AudioClock()
      var ledger = Ledger(card)
      ledger.mayMiss = !told
      for i in (0..<1000).filter({ !(400..<402).contains($0) }) {
        let loss = told && i == 402 ? AudioLoss.unknown : .none
        ledger.take(clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: card.stamp(i * 320), loss: loss))
        // 40 ms that nobody tells of are under the tolerance; the follower finds them within two blocks.
        if i == 650 { ledger.worst = 0 }
      }
      #expect(ledger.gaps == 1)
      #expect(ledger.worst < ms(8), "worst \(ledger.worst)")
    }
  }

  /// The server stands still for 5 s and then gives everything at once: late, but nothing is missing.
  @Test func aBurstPullsNothing() {
    var card = Card(ppm: -50, jitter: ms(20))
    var clock = AudioClock()
    var ledger = Ledger(card)
    let resumes = card.truth(1250 * 320)
    for i in 0..<3000 {
      let stamp = card.stamp(i * 320)
      ledger.take(
        clock.place(
          Card.samples(i * 320..<i * 320 + 320), stamp: (1000..<1250).contains(i) ? resumes + Int64(i) * 1000 : stamp))
    }
    #expect(ledger.gaps == 0 && clock.counters.cut == 0)
    #expect(ledger.worst < ms(10), "worst \(ledger.worst)")
    #expect(ledger.next == 960_000)
  }

  /// Another card at another rate after an interruption; its first sound overlaps what was placed.
  @Test func aRestartNeverGoesBack() {
    var clock = AudioClock()
    var placed: [CapturedAudio] = []
    for i in 0..<100 {
      placed += clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: ms(1000) + Int64(i) * ms(20))
    }
    placed += clock.interrupt()
    #expect(placed.reduce(0) { $0 + $1.samples.count } == 32_000)
    let end = ms(3000)
    for i in 0..<100 {
      placed += clock.place(Card.samples(i * 320..<i * 320 + 320), stamp: end - ms(50) + Int64(i) * ms(20))
    }
    #expect(clock.counters.gaps == 1 && clock.counters.cut == 800)
    for (a, b) in zip(placed, placed.dropFirst()) { #expect(b.time >= a.time + 62_500 * Int64(a.samples.count)) }
    // 50 ms of what came after are cut; what is kept is where it was said to be.
    let again = placed.first { $0.time >= end }
    #expect(again?.time == end && again?.gap == true && again?.samples.first == 800)
    #expect(clock.interrupt().isEmpty)
  }

  @Test func whatIsHeldBackComesOutAtTheEnd() {
    var clock = AudioClock()
    #expect(clock.place([1, 2, 3], stamp: 500).isEmpty)
    #expect(clock.waiting == 3)
    #expect(clock.interrupt() == [CapturedAudio(samples: [1, 2, 3], time: 500)])
    #expect(clock.waiting == 0)
  }
}
