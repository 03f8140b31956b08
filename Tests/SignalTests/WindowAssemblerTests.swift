import Signal
import Testing

struct WindowAssemblerTests {
  static let hops = [0.32, 0.1, 0.333, 1.0, 2.56, 5.0]
  static let rates = [(15, 1), (24, 1), (25, 1), (30_000, 1001), (30, 1), (60, 1)]

  /// Every rate with two hops, every hop with two rates.
  static let pairs: [((Int, Int), Double)] = (0..<12).map { i in
    let hop: Int = (i + i / 6) % 6
    return (rates[i % 6], hops[hop])
  }

  static func face(_ id: Int, _ index: Int) -> FollowedFace {
    FollowedFace(
      id: id, box: PixelBox(x: Double(index), y: 0, width: 100, height: 100),
      square: FaceSquare(centerX: 0, centerY: 0, side: 100))
  }

  static func frame(_ index: Int, at nanoseconds: Int64, for duration: Int64, id: Int? = 0) -> FaceFrame<Int> {
    FaceFrame(
      index: index, time: Instant(nanoseconds: nanoseconds), duration: Instant(nanoseconds: duration),
      face: id.map { face($0, index) }, crop: index)
  }

  static func video(_ fps: Double, seconds: Double, from start: Double = 0, id: (Int) -> Int? = { _ in 0 })
    -> [FaceFrame<Int>]
  {
    (0..<Int((seconds * fps).rounded())).map {
      let (a, b) = (Int64((Double($0) / fps * 1e9).rounded()), Int64((Double($0 + 1) / fps * 1e9).rounded()))
      return frame($0, at: Int64(start * 1e9) + a, for: b - a, id: id($0))
    }
  }

  static func noise(_ count: Int, seed: UInt64 = 1) -> [Float?] {
    var random = Seeded(state: seed)
    return (0..<count).map { _ in Float(Int64(bitPattern: random.next()) >> 40) / 16_777_216 }
  }

  /// 100 minutes, every frame's index against exact integer arithmetic: no gap, overlap or drift.
  @Test(arguments: pairs) func hundredMinutes(rate: (Int, Int), hop: Double) {
    let (n, d) = rate
    let total = 6000 * n / d
    let schedule = WindowSchedule(hop: Instant(seconds: hop))
    var assembler = WindowAssembler<Int>(schedule: schedule, video: true, audio: false)
    var (k, wrong, held) = (0, 0, 0)
    func time(_ i: Int) -> Int { i * d * 1_000_000_000 / n }
    func check(_ window: Window<Int>) {
      if window.index != k || window.video.frames != 16 || window.people.first?.slots != 16 { wrong += 1 }
      for (i, crop) in (window.people.first?.crops ?? []).enumerated() {
        let slot = k * Int((hop * 1000).rounded()) * 1_000_000 + i * 160_000_000
        // The newest frame at or before the slot, its time rounded down: one frame more might round to the slot itself.
        var expected = slot * n / (d * 1_000_000_000)
        if time(expected + 1) <= slot { expected += 1 }
        if crop != expected { wrong += 1 }
      }
      k += 1
    }
    for i in 0..<total {
      assembler.receive(Self.frame(i, at: Int64(time(i)), for: Int64(time(i + 1) - time(i))))
      while let window = assembler.next() { check(window) }
      held = max(held, assembler.held.frames)
    }
    assembler.endVideo()
    while let window = assembler.next() { check(window) }
    let expected = (time(total) - 2_560_000_000 + 1000) / Int((hop * 1e9).rounded()) + 1
    #expect(wrong == 0)
    #expect(k == expected)
    #expect(held <= Int(3 * Double(n) / Double(d)) + 2)
    #expect(assembler.counters.frames == total && assembler.counters.forced == 0)
  }

  /// 100 minutes of sound and picture: rows against the bank applied to the samples at their absolute positions.
  @Test func hundredMinutesOfSound() {
    let table = Self.noise(65_537).map { $0! }
    let twice = table + table
    let schedule = WindowSchedule(hop: Instant(seconds: 59.97))
    var assembler = WindowAssembler<Int>(schedule: schedule, video: true, audio: true)
    let bank = FilterBank()
    var (f, p, k, wrong) = (0, 0, 0, 0)
    while p < 96_000_000 {
      if assembler.wantsVideo {
        assembler.receive(Self.frame(f, at: Int64(f) * 1_001_000_000 / 30, for: 33_366_667))
        f += 1
      } else {
        let count = min(1600 + p % 7, 96_000_000 - p)
        assembler.receive(
          AudioChunk(start: SampleBuffer.time(of: p), samples: Array(twice[p % 65_537..<p % 65_537 + count])))
        p += count
      }
      while let window = assembler.next() {
        let base = Int((Double(k) * 59.97 * 16_000).rounded())
        for r in [0, 1, 100, 255] {
          let start = (base + 160 * r) % 65_537
          let row = bank.spectrogram(of: Array(twice[start..<start + 400])).values
          if Array(window.audio.spectrogram![r * 128..<r * 128 + 128]) != row { wrong += 1 }
        }
        k += 1
      }
      #expect(assembler.held.samples < 50_000 && assembler.held.frames < 60)
    }
    #expect(wrong == 0 && k == 101)
    #expect(assembler.counters.audioHoles == 0)
  }

  @Test(arguments: hops) func equalsTheOracle(hop: Double) {
    var recording = Recording(hop: Instant(seconds: hop))
    recording.frames = Self.video(29.97, seconds: 12)
    recording.samples = Self.noise(16_000 * 12)
    compare(recording, seed: 7)
  }

  /// Anything that a recording can do, against the oracle, chunked anyhow and pulled in two orders.
  @Test(arguments: 0..<48) func anyRecording(seed: Int) {
    var random = Seeded(state: UInt64(seed))
    let hop = [0.32, 0.1, 0.333, 1.0, 2.56, 5.0, 0.1371][Int.random(in: 0..<7, using: &random)]
    var recording = Recording(hop: Instant(seconds: hop))
    let seconds = Double.random(in: 0.02...(seed % 3 == 0 ? 2.7 : 8), using: &random)
    let fps = [7.0, 15, 24, 25, 29.97, 30, 50, 60][Int.random(in: 0..<8, using: &random)]
    let variable = Bool.random(using: &random)
    var (time, id, drops) = (
      Int64.random(in: 0...1, using: &random) * Int64.random(in: 0...2_000_000_000, using: &random), 0, 0
    )
    while time < Int64(seconds * 1e9) {
      let step = Int64(1e9 / fps * (variable ? Double.random(in: 0.2...2, using: &random) : 1))
      if Int.random(in: 0..<100, using: &random) < 2 { id += 1 }
      let face = Int.random(in: 0..<10, using: &random) == 0 ? nil : id - Int.random(in: 0...8, using: &random) / 8
      if Int.random(in: 0..<12, using: &random) == 0 {
        drops += 1
      } else {
        var frame = Self.frame(recording.frames.count, at: time, for: step, id: face)
        (frame.droppedBefore, drops) = (drops, 0)
        recording.frames.append(frame)
      }
      if Int.random(in: 0..<60, using: &random) == 0 { time += 700_000_000 }
      time += step
    }
    recording.samples = Self.noise(Int(Double.random(in: 0.3...1.2, using: &random) * seconds * 16_000))
    for _ in 0..<Int.random(in: 0...4, using: &random) where !recording.samples.isEmpty {
      let from = Int.random(in: 0..<recording.samples.count, using: &random)
      // Holes under three samples are jitter.
      let count = min(Int.random(in: 3...9000, using: &random), recording.samples.count - from)
      if count > 2, from + count < recording.samples.count {
        for p in from..<from + count { recording.samples[p] = nil }
      }
    }
    if seed % 7 == 1 { (recording.hasAudio, recording.samples) = (false, []) }
    if seed % 7 == 2 { (recording.hasVideo, recording.frames) = (false, []) }
    if seed % 11 == 3 { recording.samples = [] }
    if seed % 11 == 4 { recording.frames = [] }
    compare(recording, seed: UInt64(seed))
  }

  func compare(_ recording: Recording, seed: UInt64) {
    let expected = WindowOracle(recording: recording).windows()
    for (anyOrder, chunk) in [(false, 4000), (true, 333), (true, 100_000)] {
      var feeder = Feeder(recording, seed: seed, anyOrder: anyOrder, chunk: chunk)
      let windows = feeder.run()
      #expect(windows.count == expected.count)
      for (a, b) in zip(windows, expected) {
        let text = difference(a, b)
        #expect(text == nil, "window \(b.index)")
        if text != nil { return }
      }
      #expect(feeder.counters.frames == recording.frames.count)
      #expect(feeder.counters.framesWithFace == recording.frames.count { $0.face != nil })
      #expect(feeder.counters.framesDropped == recording.frames.reduce(0) { $0 + $1.droppedBefore })
      #expect(feeder.counters.overflow == 0 && feeder.counters.forced == 0)
    }
  }

  @Test func rowsAreComputedOnce() {
    var recording = Recording(hop: Instant(seconds: 0.32))
    recording.samples = Self.noise(160_000)
    recording.hasVideo = false
    var feeder = Feeder(recording, seed: 3)
    let windows = feeder.run()
    #expect(windows.count == 24)
    // 23 hops of 32 rows after the first window; the last two rows of the last window may be seen unfinished first.
    #expect(feeder.rows <= 256 + 23 * 32 + 32)
  }

  @Test func anotherPersonsSlotsAreMissing() {
    var recording = Recording(hop: Instant(seconds: 10), hasAudio: false)
    // 25 a second, slots on every 4th frame: slot 0…2 person 7, then 13 slots of person 9.
    recording.frames = Self.video(25, seconds: 2.56) { $0 < 12 ? 7 : 9 }
    var feeder = Feeder(recording, seed: 1)
    let window = feeder.run()[0]
    #expect(window.people.map(\.face.id) == [9, 7] && window.people.map(\.slots) == [13, 3])
    #expect(window.video.frames == 16 && window.people[1].crops == nil)
    #expect(window.people[0].crops == [12, 12, 12] + (3..<16).map { 4 * $0 })
    recording.frames = Self.video(25, seconds: 2.56) { $0 < 20 ? 7 : 9 }
    feeder = Feeder(recording, seed: 1)
    #expect(feeder.run()[0].people.allSatisfy { $0.crops == nil })
    // Eight slots each: the newest person, and not enough of either.
    recording.frames = Self.video(25, seconds: 2.56) { $0 < 32 ? 7 : 9 }
    feeder = Feeder(recording, seed: 1)
    let tie = feeder.run()[0]
    #expect(tie.people.map(\.face.id) == [9, 7] && tie.people.allSatisfy { $0.slots == 8 && $0.crops == nil })
  }

  @Test func shortRecording() {
    var recording = Recording(hop: Instant(seconds: 0.32))
    recording.frames = Self.video(25, seconds: 1)
    recording.samples = Self.noise(16_000)
    var feeder = Feeder(recording, seed: 1)
    let windows = feeder.run()
    #expect(windows.count == 1 && windows[0].end == Instant(seconds: 1))
    #expect(windows[0].people.first?.crops == [0, 4, 8, 12, 16, 20, 24] + [Int](repeating: 24, count: 9))
    // 16000 samples: 98 whole rows, then zeros.
    let spectrogram = windows[0].audio.spectrogram!
    #expect(spectrogram[..<(98 * 128)].allSatisfy { $0 != 0 })
    #expect(spectrogram[(98 * 128)...].allSatisfy { $0 == 0 })
    #expect(feeder.counters.framesUsed == 7 && feeder.counters.framesUnused == 18)
  }

  @Test func levelAndCoverage() throws {
    var recording = Recording(hop: Instant(seconds: 10), hasVideo: false)
    recording.samples = (0..<40_960).map { $0 % 2 == 0 ? 0.5 : -0.5 }
    for p in 10_000..<14_096 { recording.samples[p] = nil }
    var feeder = Feeder(recording, seed: 1)
    let most = feeder.run()[0].audio
    #expect(abs(try #require(most.level) + 6.0206) < 1e-4)
    #expect(most.coverage == 0.9 && most.spectrogram != nil && feeder.counters.audioHoles == 1)
    recording.samples[14_096] = nil
    feeder = Feeder(recording, seed: 1)
    #expect(feeder.run()[0].audio.spectrogram == nil)
    recording.samples = [Float?](repeating: 0, count: 50_000)
    feeder = Feeder(recording, seed: 1)
    #expect(feeder.run()[0].audio.level == -120)
  }

  @Test func emptyRecordingGivesNothing() {
    var feeder = Feeder(Recording(hop: Instant(seconds: 0.32)), seed: 1)
    #expect(feeder.run().isEmpty)
  }
}
