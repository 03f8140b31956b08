import CSystem
import Glibc
import Recognition
import Signal
import Testing
import Threading

/// Hours of a live session in virtual time, with a fault every minute or so, and what must hold over them.
private struct Soak {
  /// 100 slots of a window lie between two claps, so that the flash falls into a slot.
  static let clapInterval: Int64 = 16_000_000_000

  private(set) var stage = LiveStage.open()
  private var random: Seeded
  private(set) var faults = 0
  let tally = Tally()

  /// What was seen along the way; its own object, because the stage's closures write to it.
  final class Tally {
    var next = 0
    var wrong: [String] = []
    var (results, answered, skipped) = (0, 0, 0)
    /// Milliseconds between a clap's place in the spectrogram and its true one, by the hour.
    var sound: [Int: ClosedRange<Double>] = [:]
    /// Claps seen in sound, those also in the picture, and flashes in a slot of another moment.
    var (claps, flashes, misplaced) = (0, 0, 0)
    var heap: [Int] = []
    var resident: [Int] = []
  }

  init(seed: UInt64) {
    random = Seeded(state: seed)
    stage.clapInterval = Self.clapInterval
    stage.soundClock = AudioClock()
    stage.soundSkew = 2000
    stage.modelTime = 60_000_000
    let tally = tally
    stage.listener = { tally.hear($1) }
    stage.inspector = { tally.inspect($0) }
  }

  mutating func run(seconds: Double) {
    var now = 0.0
    while now < seconds {
      now = min(now + Double.random(in: 20...90, using: &random), seconds)
      stage.play(to: now)
      fault(&now)
      tally.heap.append(csystem_heap_in_use())
      tally.resident.append(residentBytes())
    }
    stage.losses = LiveLosses(frames: 3)
    stage.stop()
  }

  private mutating func fault(_ now: inout Double) {
    faults += 1
    let long = Int.random(in: 0..<20, using: &random) == 0
    let length = long ? Double.random(in: 60...900, using: &random) : Double.random(in: 0.1...15, using: &random)
    let kind = Int.random(in: 0..<8, using: &random)
    let (picture, sound) = (kind == 0 || kind == 2, kind == 1 || kind == 2)
    if picture { stage.report(.camera, .lost) }
    if sound { stage.report(.microphone, .lost) }
    if picture || kind == 3 { stage.camera = false }
    if sound || kind == 4 { stage.microphone = false }
    if kind == 5 { stage.soundHeldUntil = LiveStage.zero + Int64((now + min(length, 3)) * 1e9) }
    if kind == 6 { stage.modelTime = 900_000_000 }
    if kind == 7 { stage.frameDelay = Int64.random(in: 500...2000, using: &random) * 1_000_000 }
    now += length
    stage.play(to: now)
    (stage.camera, stage.microphone, stage.modelTime, stage.frameDelay) = (true, true, 60_000_000, 60_000_000)
    if picture { stage.report(.camera, .back) }
    guard sound else { return }
    stage.report(.microphone, .back)
    // Another card: up to 100 ppm off.
    stage.soundSkew = Int64.random(in: -2000...2000, using: &random)
  }

  private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    fgets(&line, 128, file)
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
      separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }
}

extension Soak.Tally {
  func hear(_ event: StreamEvent) {
    switch event {
    case .result(let result):
      expect(result.sequence...result.sequence)
      results += 1
      if result.estimate != nil { answered += 1 }
      if let late = result.live?.captureToEmit, late > 3000 { wrong.append("a line \(late) ms late") }
    case .status(let status):
      guard let range = status.sequences else { return }
      expect(range)
      skipped += range.count
    default: break
    }
  }

  private func expect(_ range: ClosedRange<Int>) {
    if range.lowerBound != next, wrong.count < 20 { wrong.append("windows \(range) where \(next) was due") }
    next = range.upperBound + 1
  }

  /// Where the clap is in a window's sound and picture.
  func inspect(_ window: Window<FaceCrop>) {
    let start = window.start.nanoseconds
    let clap = (start + 2_000_000_000) / Soak.clapInterval * Soak.clapInterval
    guard clap > start + 300_000_000, let rows = window.audio.spectrogram, let crops = window.people.first?.crops
    else {
      return
    }
    guard window.audio.coverage == 1, window.people.first?.slots == 16 else { return }
    var loudest = (row: 0, sum: -Float.infinity)
    for row in 0..<256 {
      var sum: Float = 0
      for bin in stride(from: 0, to: 128, by: 8) { sum += rows[row * 128 + bin] }
      if sum > loudest.sum { loudest = (row, sum) }
    }
    // The middle of the row's 25 ms against the middle of the click's 10 ms.
    let off = Double(start + Int64(loudest.row) * 10_000_000 + 12_500_000 - clap - 5_000_000) / 1e6
    let hour = Int(clap / 3_600_000_000_000)
    let known = sound[hour] ?? off...off
    sound[hour] = min(known.lowerBound, off)...max(known.upperBound, off)
    claps += 1
    let slot = Int((clap - start) / 160_000_000)
    for (i, crop) in crops.enumerated() where crop.pixels[0] == 255 {
      if i == slot { flashes += 1 }
      // Where the frames after it are missing, it is still new enough for the next slot.
      if i != slot, i != slot + 1 { misplaced += 1 }
    }
  }
}

@Suite struct LiveSoakTests {
  /// `make soak` plays a day and looks at memory, too; here are five minutes, beside other tests.
  @Test func soak() throws {
    let hours = getenv("MIEN_SOAK_HOURS").flatMap { Double(String(cString: $0)) }
    let seconds = (hours ?? 1.0 / 12) * 3600
    let began = MonotonicClock.now()
    var soak = Soak(seed: 20_260_101)
    soak.run(seconds: seconds)
    let wall = Double(MonotonicClock.now() - began) / 1e9

    let (tally, stage) = (soak.tally, soak.stage)
    let closed = try #require(stage.closed)
    let (counts, live) = (closed.counts, try #require(closed.live))
    #expect(tally.wrong == [])
    #expect(counts.framesIn == stage.frames + 3)
    #expect(counts.framesIn == counts.framesUsed + counts.framesUnused + live.framesDroppedInside)
    #expect(live.framesLate == stage.lateFrames && live.audioLate == stage.lateChunks)
    #expect(closed.windows == tally.results && closed.answered == tally.answered && closed.skipped == tally.skipped)
    #expect(closed.windows + closed.skipped == stage.core.counters.windows && counts.forced + counts.overflow == 0)
    #expect(tally.next >= Int((seconds - 4) / 0.32))
    let sound = tally.sound.values
    let worst = max(sound.map(\.upperBound).max() ?? 99, -(sound.map(\.lowerBound).min() ?? -99))
    #expect(worst <= 15 && tally.claps >= Int(seconds / 100))
    // A flash that came late was refused, and the frame before fills its slot; none is seen at another moment.
    #expect(tally.misplaced == 0 && tally.flashes <= tally.claps && tally.flashes * 100 >= tally.claps * 99)
    guard hours != nil else { return }

    // Alone in the process: the first eighth warms up.
    func drift(_ values: [Int]) -> (first: Int, last: Int, percent: Double) {
      let part = max(values.count / 8, 1)
      let (first, last) = (values[part..<2 * part].sorted()[part / 2], values.suffix(part).sorted()[part / 2])
      return (first, last, 100 * Double(last - first) / Double(first))
    }
    let (heap, resident) = (drift(tally.heap), drift(tally.resident))
    #expect(abs(heap.percent) <= 2 && abs(resident.percent) <= 2)
    func mebibytes(_ bytes: Int) -> String { "\((Double(bytes) / 1_048_576).rounded(places: 2)) MiB" }
    print(
      """
      \(seconds / 3600) hours in \(wall.rounded(places: 1)) s: \((seconds / wall).rounded(places: 0))× real time, \
      \(soak.faults) faults
      windows: \(tally.next), \(closed.windows) with a line, \(closed.answered) answered, \(closed.skipped) skipped
      frames: \(counts.framesIn) in = \(counts.framesUsed) used + \(counts.framesUnused) unused \
      (\(live.framesLate) late) + \(live.framesDroppedInside) dropped inside
      sound: \(stage.chunks) chunks, \(live.audioLate) late, \(counts.audioHoles) holes, \(live.slips) slips
      sound against picture: \(tally.claps) claps, \(tally.flashes) with a flash, at most \(worst) ms apart (rows are 10 ms), first hour \
      \(tally.sound[0] ?? 0...0), last hour \(tally.sound[tally.sound.keys.max() ?? 0] ?? 0...0)
      heap: \(mebibytes(heap.first)) then \(mebibytes(heap.last)), \(heap.percent.rounded(places: 2)) %
      resident: \(mebibytes(resident.first)) then \(mebibytes(resident.last)), \
      \(resident.percent.rounded(places: 2)) %
      """)
  }
}

/// A small generator, the same on every run (splitmix64).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
