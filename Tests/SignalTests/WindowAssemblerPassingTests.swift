import Signal
import Testing

/// What reached a live session, in the order of arrival.
private enum Arrival {
  case frame(FaceFrame<Int>)
  case chunk(AudioChunk)
}

/// A live session made up: frames late, jittered, lost and out of order, sound with gaps and overlaps, either device or
/// both gone for minutes.
private struct LiveScript {
  var arrivals: [(at: Int64, what: Arrival)] = []
  static let millisecond: Int64 = 1_000_000

  init(seconds: Int64, random: inout Seeded) {
    let end = seconds * 1_000_000_000
    let hour = Self.holes(end, &random)
    let (noPicture, noSound) = (Self.holes(end, &random) + hour, Self.holes(end, &random) + hour)
    let noise = WindowAssemblerTests.noise(65_536, seed: random.next()).map { $0! }
    var (time, index, id) = (Int64(0), 0, 0)
    while time < end {
      time += 33_333_333 + Int64.random(in: -8_000_000...8_000_000, using: &random)
      index += 1
      if Int.random(in: 0..<300, using: &random) == 0 { id += 1 }
      if noPicture.contains(where: { $0.contains(time) }) || Int.random(in: 0..<12, using: &random) == 0 { continue }
      let face = Int.random(in: 0..<20, using: &random) > 0 ? id : nil
      arrivals.append(
        (
          time + Self.delay(&random), .frame(WindowAssemblerTests.frame(index, at: time, for: 33_333_333, id: face))
        ))
    }
    time = 0
    while time < end {
      let count = Int.random(in: 1...1600, using: &random)
      let jitter = Int64.random(in: -3...3, using: &random) * 62_500
      let from = Int.random(in: 0..<60_000, using: &random)
      if !noSound.contains(where: { $0.contains(time) }), Int.random(in: 0..<60, using: &random) > 0 {
        let chunk = AudioChunk(
          start: Instant(nanoseconds: time + jitter), samples: Array(noise[from..<from + count]))
        arrivals.append((time + Int64(count) * 62_500 + Self.delay(&random), .chunk(chunk)))
      }
      time += Int64(count) * 62_500
    }
    arrivals.sort { $0.at < $1.at }
  }

  /// Mostly 50 ms, at times much more: then others overtake it.
  private static func delay(_ random: inout Seeded) -> Int64 {
    Int.random(in: 0..<40, using: &random) == 0
      ? Int64.random(in: 0...1500, using: &random) * millisecond
      : Int64.random(in: 20...70, using: &random) * millisecond
  }

  private static func holes(_ end: Int64, _ random: inout Seeded) -> [Range<Int64>] {
    (0..<Int.random(in: 0...2, using: &random)).map { _ in
      let start = Int64.random(in: 0..<end, using: &random)
      return start..<start + Int64.random(in: 100...150_000, using: &random) * millisecond
    }
  }
}

@Suite struct WindowAssemblerPassingTests {
  /// Random sessions: what was accepted gives, with nothing declared, every window that live gave, bit for bit.
  @Test(arguments: 0..<24) func acceptedDataAloneGiveTheSameWindows(seed: Int) throws {
    var random = Seeded(state: UInt64(seed) &* 77 &+ 5)
    let seconds = Int64.random(in: 1...240, using: &random)
    let script = LiveScript(seconds: seconds, random: &random)
    let hop = Instant(seconds: [0.32, 0.32, 0.5, 1, 0.333][Int.random(in: 0..<5, using: &random)])
    let schedule = WindowSchedule(hop: hop)
    var live = WindowAssembler<Int>(schedule: schedule, video: true, audio: true)
    var (windows, frames, chunks): ([Window<Int>], [FaceFrame<Int>], [AudioChunk]) = ([], [], [])
    // Refused since the last accepted frame, and lost before those: a replay knows them as lost.
    var lost = 0
    var refused = (frames: 0, chunks: 0)
    var (passed, mostFrames, mostSamples) = (Instant.zero, 0, 0)

    for (now, arrival) in script.arrivals {
      switch arrival {
      case .frame(var frame):
        if live.receive(frame) {
          frame.droppedBefore += lost
          lost = 0
          frames.append(frame)
        } else {
          refused.frames += 1
          lost += 1 + frame.droppedBefore
        }
      case .chunk(let chunk): if live.receive(chunk) { chunks.append(chunk) } else { refused.chunks += 1 }
      }
      // One track, the other, or both; sometimes with much patience and sometimes with none.
      let instant = Instant(nanoseconds: now - Int64.random(in: 50...1200, using: &random) * 1_000_000)
      let choice = Int.random(in: 0..<6, using: &random)
      if choice < 2 { live.passVideo(to: instant) }
      if choice == 0 || choice == 2 { live.passAudio(to: instant) }
      if choice < 3 { passed = max(passed, instant) }
      while let window = live.next() { windows.append(window) }
      (mostFrames, mostSamples) = (max(mostFrames, live.held.frames), max(mostSamples, live.held.samples))
    }
    live.endVideo()
    live.endAudio()
    while let window = live.next() { windows.append(window) }
    #expect(live.counters.framesLate == refused.frames && live.counters.chunksLate == refused.chunks)
    #expect(live.counters.frames == frames.count + refused.frames)
    #expect(live.counters.forced == 0 && live.counters.overflow == 0)
    #expect(mostFrames < 200 && mostSamples < 100_000)

    var replay = WindowAssembler<Int>(schedule: schedule, video: true, audio: true)
    var (again, accepted): ([Window<Int>], [Bool]) = ([], [])
    var (f, c) = (frames.makeIterator(), chunks.makeIterator())
    while !replay.hasEnded {
      if replay.wantsVideo {
        if let frame = f.next() {
          accepted.append(replay.receive(frame))
        } else {
          replay.endVideo()
          // How far the session went is not in its data: live says so in its last line.
          replay.passVideo(to: passed)
        }
      } else {
        if let chunk = c.next() { accepted.append(replay.receive(chunk)) } else { replay.endAudio() }
      }
      while let window = replay.next() { again.append(window) }
    }
    #expect(again.count == windows.count && !accepted.contains(false))
    for (a, b) in zip(windows, again) {
      if let difference = difference(a, b) {
        Issue.record("window \(a.index): \(difference)")
        break
      }
    }
    #expect(replay.counters.framesUsed == live.counters.framesUsed)
    if seconds > 60 { #expect(refused.frames > 0 && refused.chunks > 0) }
  }

  @Test func whatComesAfterAPassIsRefused() {
    var assembler = WindowAssembler<Int>(
      schedule: WindowSchedule(hop: Instant(seconds: 0.32)), video: true, audio: true)
    func frame(_ time: Int64) -> FaceFrame<Int> { WindowAssemblerTests.frame(0, at: time, for: 1) }
    assembler.passVideo(to: Instant(seconds: 1))
    assembler.passVideo(to: Instant(seconds: 0.5))
    var accepted = [1_000_000_000, 1_000_000_001, 1_000_000_000].map { assembler.receive(frame($0)) }
    #expect(accepted == [false, true, false])
    assembler.passAudio(to: Instant(seconds: 1))
    accepted = [0.99, 1].map {
      assembler.receive(AudioChunk(start: Instant(seconds: $0), samples: .init(repeating: 0, count: 999)))
    }
    #expect(accepted == [false, true])
    #expect(assembler.counters.framesLate == 2 && assembler.counters.chunksLate == 1)
    #expect(assembler.counters.frames == 3 && assembler.counters.framesUnused == 3)
    #expect(assembler.next() == nil)
  }

  /// A chunk two samples behind the last one's end joins it, and would so fill what has been passed.
  @Test func aJointDoesNotReachBehindAPass() {
    for (passed, isAccepted) in [(16_001, true), (16_002, false)] {
      var line = SampleBuffer(limit: 100_000)
      line.append(AudioChunk(start: .zero, samples: .init(repeating: 0, count: 16_001)))
      line.pass(to: SampleBuffer.time(of: passed))
      let accepted = line.append(AudioChunk(start: SampleBuffer.time(of: 16_003), samples: [0.5]))
      #expect(accepted == isAccepted)
      #expect(line.front == (isAccepted ? 16_002 : 16_001))
    }
  }

  @Test func windowsGoOnWithoutEitherTrack() {
    var assembler = WindowAssembler<Int>(
      schedule: WindowSchedule(hop: Instant(seconds: 0.32)), video: true, audio: true)
    var windows = 0
    for second in 0..<7200 {
      assembler.passVideo(to: Instant(seconds: Double(second)))
      assembler.passAudio(to: Instant(seconds: Double(second)))
      while let window = assembler.next() {
        #expect(window.people.isEmpty && window.audio.spectrogram == nil && window.audio.coverage == 0)
        windows += 1
      }
    }
    // 2.56 + 0.015 + k · 0.32 ≤ 7199.
    #expect(windows == 22_489)
    #expect(assembler.held == (0, 0, 0))
  }
}
