import Signal
import Testing

/// Every sample's value is its own position, so a slip by one shows.
struct SampleBufferTests {
  func chunk(_ range: Range<Int>, at position: Int? = nil) -> AudioChunk {
    AudioChunk(
      start: SampleBuffer.time(of: position ?? range.lowerBound), samples: range.map { Float($0 % 16_777_216) })
  }

  func read(_ line: SampleBuffer, _ range: Range<Int>) -> [Float] {
    [Float](unsafeUninitializedCapacity: range.count) { buffer, count in
      line.copy(from: range.lowerBound, into: .init(rebasing: buffer[0..<range.count]))
      count = range.count
    }
  }

  @Test func positionsAreExact() {
    #expect(SampleBuffer.position(of: Instant(seconds: 2.56)) == 40_960)
    #expect(SampleBuffer.position(of: Instant(nanoseconds: 31_249)) == 0)
    #expect(SampleBuffer.position(of: Instant(nanoseconds: 31_250)) == 1)
    #expect(SampleBuffer.position(of: Instant(nanoseconds: -31_250)) == 0)
    #expect(SampleBuffer.position(of: Instant(nanoseconds: -31_251)) == -1)
    // 1024 samples at 44.1 kHz, n times: never more than half a sample away, for 100 minutes.
    for n in stride(from: 0, to: 258_398, by: 977) {
      let nanoseconds = n * 1024 * 1_000_000_000 / 44_100
      let position = SampleBuffer.position(of: Instant(nanoseconds: Int64(nanoseconds)))
      #expect(abs(position * 62_500 - nanoseconds) <= 31_250)
    }
  }

  @Test func holesOverlapsAndJitter() {
    var line = SampleBuffer(limit: 100_000)
    line.append(chunk(100..<200))
    line.append(chunk(200..<300, at: 202))  // jitter: joins
    line.append(chunk(250..<400))  // overlap: keeps the first
    line.append(chunk(300..<350))  // all known
    line.append(chunk(410..<500))  // hole of ten
    #expect(line.front == 500 && line.holes == 1)
    #expect(line.existing(in: 0..<600) == 390)
    let samples = read(line, 90..<510)
    for (i, value) in samples.enumerated() {
      let position = i + 90
      let exists = (100..<400).contains(position) || (410..<500).contains(position)
      #expect(value == (exists ? Float(position) : 0))
    }
  }

  @Test func samplesBeforeZeroAreCut() {
    var line = SampleBuffer(limit: 1000)
    line.append(AudioChunk(start: SampleBuffer.time(of: -50), samples: (0..<100).map { Float($0 - 50) }))
    #expect(line.existing(in: 0..<100) == 50)
    #expect(read(line, 0..<50) == (0..<50).map { Float($0) })
  }

  @Test func samplesThatAreNotFiniteAreSilence() {
    var line = SampleBuffer(limit: 1000)
    line.append(AudioChunk(start: .zero, samples: [1, .nan, -.infinity, 2]))
    #expect(read(line, 0..<4) == [1, 0, 0, 2])
    #expect(line.energy(in: 0..<100) == (5, 4))
  }

  @Test func hundredMinutesDoNotDrift() {
    var line = SampleBuffer(limit: 200_000)
    // Chunks of uneven length, timestamps rounded to the microsecond as a container's may be.
    var (position, n, most) = (0, 0, 0)
    while position < 96_000_000 {
      let count = [1024, 1152, 777, 4096][n % 4]
      let time = Instant(nanoseconds: Int64(position) * 62_500 / 1000 * 1000)
      line.append(
        AudioChunk(
          start: time,
          samples: [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for i in 0..<count { buffer[i] = Float((position + i) & 0xFFFFFF) }
            initialized = count
          }))
      (position, n) = (position + count, n + 1)
      line.forget(before: position - 50_000)
      most = max(most, line.held)
      if n % 50 == 0, position > 50_000 {
        for p in [position - 50_000, position - 40_960, position - 400] {
          #expect(read(line, p..<p + 3) == (p..<p + 3).map { Float($0 & 0xFFFFFF) })
        }
      }
    }
    #expect(line.holes == 0 && line.overflow == 0 && most <= 50_000)
  }

  @Test func limitForgetsTheOldestAndCounts() {
    var line = SampleBuffer(limit: 1000)
    for i in 0..<10 { line.append(chunk(i * 300..<i * 300 + 300)) }
    #expect(line.held == 1000 && line.overflow == 2000)
    #expect(line.existing(in: 0..<2000) == 0)
    #expect(read(line, 2000..<3000) == (2000..<3000).map { Float($0) })
  }
}
