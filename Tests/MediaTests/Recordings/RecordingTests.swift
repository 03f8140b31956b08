import CFFmpeg
import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

@Suite struct RecordingTimes {
  @Test func keepsVariableFrameTimesAndStartOffset() throws {
    let scratch = try Scratch()
    let path = scratch.file("vfr.mkv")
    let times: [Int64] = [500, 540, 640, 641, 900, 1300]
    try TestClip(
      picture: .init(times: times, draw: ramp(320, 240)),
      sound: .init(start: 200, samples: sine(300, rate: 16_000, seconds: 1))
    ).write(to: path)
    let taken = try Taken(.file(path))
    // Zero is the sound's first sample at 200 ms.
    #expect(taken.milliseconds == times.map { $0 - 200 })
    #expect(taken.chunks.first?.start == .zero)
    #expect(taken.frames.map(\.index) == Array(0..<6))
    #expect(taken.frames[1].duration.nanoseconds == 100_000_000)
    #expect(taken.damage == [])
  }

  private static let hostile: [(times: [UInt64], duration: UInt64?)] = [
    ([0, 40, 10_000_000_000_000, 10_000_000_000_040], nil), ([0, 40, 80], .max / 2), ([1 << 62 + 5], 1 << 62 + 10),
    ([0, 2_900_000_000_000, 0, 2_900_000_000_000, 0, 2_900_000_000_000], nil), ([0, 40, 315_360_000_000], nil),
  ]

  /// Whatever a file says about time, its pictures come in order and within days.
  @Test(arguments: hostile) func hostileTimesAreHarmless(times: [UInt64], duration: UInt64?) throws {
    let scratch = try Scratch()
    let path = scratch.file("hostile.mkv")
    try HostileMatroska.write(times.map { ($0, duration) }, to: path)
    let taken = try Taken(.file(path))
    let milliseconds = taken.milliseconds
    #expect(!milliseconds.isEmpty && zip(milliseconds, milliseconds.dropFirst()).allSatisfy { $0 < $1 })
    #expect((milliseconds.last ?? 0) - (milliseconds.first ?? 0) < 2 * 86_400_000, "\(milliseconds)")
  }

  @Test func reordersBFrames() throws {
    let scratch = try Scratch()
    let path = scratch.file("b.mp4")
    let times = (0..<25).map { Int64($0 * 40) }
    try TestClip(picture: .init(codec: AV_CODEC_ID_MPEG4, times: times, draw: ramp(320, 240), bFrames: 2))
      .write(to: path)
    #expect(try Taken(.file(path)).milliseconds == times)
  }

  @Test(arguments: [0, 1, 2, 3]) func turnsUpright(quarters: Int) throws {
    let scratch = try Scratch()
    let path = scratch.file("turned.mp4")
    // The stored picture is bright in its left third only.
    let stored = (0..<320 * 240).map { $0 % 320 < 107 ? UInt8(220) : 30 }
    try TestClip(
      picture: .init(
        codec: AV_CODEC_ID_MPEG4, times: [0, 40, 80], draw: { _ in stored }, quarters: quarters)
    ).write(to: path)
    let taken = try Taken(.file(path))
    #expect(taken.video?.rotation == 90 * quarters)
    #expect(taken.video.map { [$0.width, $0.height] } == (quarters % 2 == 0 ? [320, 240] : [240, 320]))
    let crop = try #require(taken.frames.first?.crop)
    func bright(_ x: Int, _ y: Int) -> Bool { crop.pixels[(y * 160 + x) * 3] > 120 }
    // Clockwise: left goes to the top, the right, the bottom.
    let expected = [
      [true, false, false, false], [false, true, false, false], [false, false, true, false],
      [false, false, false, true],
    ][quarters]
    #expect([bright(10, 80), bright(80, 10), bright(149, 80), bright(80, 149)] == expected)
  }

  @Test func holesOpenSegmentsAndJitterDoesNot() throws {
    let scratch = try Scratch()
    let path = scratch.file("hole.mkv")
    let samples = sine(300, rate: 16_000, seconds: 2)
    try TestClip(sound: .init(samples: samples, hole: (at: 16_000, milliseconds: 250))).write(to: path)
    let taken = try Taken(.file(path))
    #expect(taken.samples.count == samples.count)
    var gaps: [Int64] = []
    for (a, b) in zip(taken.chunks, taken.chunks.dropFirst()) where abs((b.start - a.end).nanoseconds) > 100_000 {
      gaps.append((b.start - a.end).nanoseconds / 1_000_000)
    }
    #expect(gaps.count == 1 && abs(gaps[0] - 250) <= 1, "\(gaps)")
  }

  @Test(arguments: [(8_000, 1), (16_000, 2), (22_050, 1), (44_100, 2), (48_000, 6), (96_000, 1)])
  func anyRateAndLayoutBecomes16kMono(rate: Int, channels: Int) throws {
    let scratch = try Scratch()
    let path = scratch.file("tone.mkv")
    try TestClip(sound: .init(rate: rate, channels: channels, samples: sine(440, rate: rate, seconds: 1, level: 0.25)))
      .write(to: path)
    let taken = try Taken(.file(path))
    #expect(taken.sound == SoundInfo(sampleRate: rate, channels: channels, codec: "pcm_s16le"))
    let samples = taken.samples
    #expect(abs(samples.count - 16_000) <= 1, "\(samples.count)")
    // Against the sine itself, away from the ends, after the gain of mixing that is fitted.
    let truth = sine(440, rate: 16_000, seconds: 1, level: 0.25)
    var (xx, xy) = (0.0, 0.0)
    for i in 1000..<15_000 {
      xx += Double(truth[i]) * Double(truth[i])
      xy += Double(truth[i]) * Double(samples[i])
    }
    let gain = xy / xx
    let worst = (1000..<15_000).map { abs(Double(samples[$0]) - gain * Double(truth[$0])) }.max()!
    #expect(gain > 0.9 && gain < 1.1, "gain \(gain)")
    #expect(worst < 2e-3, "worst difference \(worst)")
  }

  /// PCM in Matroska carries a number of channels and no names: six are taken as 5.1, nine are averaged.
  @Test(arguments: [(6, 0, 0.2071), (6, 2, 0.2929), (6, 3, 0), (6, 4, 0.1464), (9, 2, 0.1111)])
  func channelsWithoutNamesAreMixedAsUsual(channels: Int, sounding: Int, gain: Double) throws {
    let scratch = try Scratch()
    let path = scratch.file("six.mkv")
    let truth = sine(440, rate: 16_000, seconds: 0.5)
    var levels = [Float](repeating: 0, count: channels)
    levels[sounding] = 1
    try TestClip(sound: .init(channels: channels, samples: truth, levels: levels)).write(to: path)
    let samples = try Taken(.file(path)).samples
    #expect(samples.count == truth.count)
    let worst = zip(samples, truth).map { abs(Double($0) - gain * Double($1)) }.max() ?? 1
    #expect(worst < 1e-3, "worst difference \(worst)")
  }

  @Test func soundAt16kIsExact() throws {
    let scratch = try Scratch()
    let path = scratch.file("exact.wav")
    let samples = (0..<4000).map { Float(($0 * 7919) % 65536 - 32768) / 32768 }
    try TestClip(sound: .init(samples: samples)).write(to: path)
    #expect(try Taken(.file(path)).samples == samples)
    #expect(try SoundFile.read16k(path) == samples)
  }

  @Test func aacStartsAtZeroAndKeepsItsLength() throws {
    let scratch = try Scratch()
    let path = scratch.file("a.mp4")
    try TestClip(
      picture: .init(codec: AV_CODEC_ID_MPEG4, times: (0..<25).map { Int64($0 * 40) }, draw: ramp(320, 240)),
      sound: .init(codec: AV_CODEC_ID_AAC, rate: 48_000, samples: sine(440, rate: 48_000, seconds: 1))
    ).write(to: path)
    let taken = try Taken(.file(path))
    #expect(taken.frames.first?.time == .zero)
    #expect(taken.frames.count == 25)
    let first = try #require(taken.chunks.first)
    #expect(abs(first.start.seconds) < 0.022)
    let end = try #require(taken.chunks.last).end.seconds
    #expect(end > 0.97 && end < 1.06, "\(end)")
  }
}

@Suite struct RecordingInputs {
  @Test func soundOnlyAndPictureOnly() throws {
    let scratch = try Scratch()
    try TestClip(sound: .init(samples: sine(300, rate: 16_000, seconds: 1))).write(to: scratch.file("s.mkv"))
    try TestClip(picture: .init(times: [0, 40], draw: ramp(320, 240))).write(to: scratch.file("p.mkv"))
    let heard = try Taken(.file(scratch.file("s.mkv")))
    #expect(heard.video == nil && heard.frames.isEmpty && heard.samples.count == 16_000 && heard.damage == [])
    let seen = try Taken(.file(scratch.file("p.mkv")))
    #expect(seen.sound == nil && seen.chunks.isEmpty && seen.frames.count == 2 && seen.damage == [])
  }

  @Test func aPipeGivesWhatTheFileGives() throws {
    let scratch = try Scratch()
    let path = scratch.file("both.mkv")
    try TestClip(
      picture: .init(times: (0..<50).map { Int64($0 * 40) }, draw: ramp(320, 240)),
      sound: .init(samples: sine(300, rate: 16_000, seconds: 2))
    ).write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let pipe = Pipe()
    let writer = Thread {
      pipe.fileHandleForWriting.write(bytes)
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    let piped = try Taken(.descriptor(pipe.fileHandleForReading.fileDescriptor))
    let filed = try Taken(.file(path))
    #expect(piped.milliseconds == filed.milliseconds)
    #expect(piped.samples == filed.samples)
    #expect(piped.frames.map(\.crop) == filed.frames.map(\.crop))
    #expect(piped.damage == [])
  }

  @Test func badlyInterleavedFilesComeWhole() throws {
    let scratch = try Scratch()
    let path = scratch.file("apart.mkv")
    try TestClip(
      picture: .init(times: (0..<50).map { Int64($0 * 40) }, draw: ramp(320, 240)),
      sound: .init(samples: sine(300, rate: 16_000, seconds: 2)), apart: true
    ).write(to: path)
    let taken = try Taken(.file(path))
    #expect(taken.frames.count == 50 && taken.samples.count == 32_000)
  }

  @Test func folderOfImages() throws {
    let scratch = try Scratch()
    let crops = (0..<4).map { i in
      FaceCrop(side: 160, pixels: (0..<160 * 160 * 3).map { UInt8(($0 * 31 + i * 17) & 255) })
    }
    for (i, crop) in crops.enumerated() { try PNGFile.write(crop, to: scratch.file("0000\(i).png")) }
    let taken = try Taken(.folder(scratch.path, fps: 25)) {
      $0.schedule = WindowSchedule(hop: Instant(nanoseconds: 10_000_000))
    }
    #expect(taken.milliseconds == [0, 40, 80, 120])
    #expect(taken.frames.compactMap(\.crop) == crops, "160 × 160 pictures must come out unchanged")
    #expect(try ClipFaces.read(scratch.path) { count in [0, count - 1, count - 1] } == [crops[0], crops[3], crops[3]])
  }

  @Test(arguments: ["mp4", "mkv", "wav"]) func tellsItsLengthWhereTheContainerDoes(ending: String) throws {
    let scratch = try Scratch()
    let path = scratch.file("clip.\(ending)")
    let picture = TestClip.Picture(codec: AV_CODEC_ID_MPEG4, times: (0..<50).map { $0 * 40 }, draw: ramp(320, 240))
    try TestClip(
      picture: ending == "wav" ? nil : picture,
      sound: .init(
        codec: ending == "mp4" ? AV_CODEC_ID_AAC : AV_CODEC_ID_PCM_S16LE,
        samples: sine(300, rate: 16_000, seconds: 3))
    ).write(to: path)
    var options = Recording.Options()
    options.faces = .none
    let duration = try #require(try Recording(.file(path), options: options).duration)
    #expect(abs(duration - 3) < 0.15, "\(duration) s")
    // What comes through a pipe may go on for longer than its header says.
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    if ending != "mp4" {
      #expect(try Recording(.descriptor(file.fileDescriptor), options: options).duration == nil)
    }
  }

  @Test func separateSoundStartsWithThePicture() throws {
    let scratch = try Scratch()
    try TestClip(picture: .init(times: [1000, 1040, 1080], draw: ramp(320, 240))).write(to: scratch.file("p.mkv"))
    try TestClip(sound: .init(samples: sine(300, rate: 16_000, seconds: 1))).write(to: scratch.file("s.wav"))
    let taken = try Taken(.file(scratch.file("p.mkv"))) { $0.audio = scratch.file("s.wav") }
    #expect(taken.milliseconds == [0, 40, 80])
    #expect(taken.chunks.first?.start == .zero && taken.samples.count == 16_000)
  }
}

@Suite struct BrokenInputs {
  private func refusal(_ input: Recording.Input) -> MediaError? {
    do {
      _ = try Recording(input)
      return nil
    } catch { return error as? MediaError }
  }

  @Test func refusesWhatIsNoRecording() throws {
    let scratch = try Scratch()
    try Data().write(to: URL(fileURLWithPath: scratch.file("zero.mp4")))
    try Data(String(repeating: "This is a text, not a recording.\n", count: 100).utf8).write(
      to: URL(fileURLWithPath: scratch.file("text.mp4")))
    for (name, reason) in [("zero.mp4", "empty"), ("text.mp4", "not a media file")] {
      let error = try #require(refusal(.file(scratch.file(name))))
      #expect(error.kind == .badData && error.description.contains(name), "\(error)")
      #expect(error.description.contains(reason), "\(error)")
      #expect(!error.description.contains("\n"))
    }
    #expect(refusal(.file(scratch.file("absent.mp4")))?.kind == .noInput)
    #expect(refusal(.folder(scratch.file("absent"), fps: 25))?.kind == .noInput)
    let empty = scratch.file("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    let error = try #require(refusal(.folder(empty, fps: 25)))
    #expect(error.kind == .badData && error.description.contains("empty") && error.description.contains("png"))
  }

  @Test(arguments: ["mp4", "mkv"], [0.3, 0.6, 0.9, 0.99]) func truncatedGivesWhatItHasAndSaysSo(
    ending: String, share: Double
  ) throws {
    let scratch = try Scratch()
    let (whole, cut) = (scratch.file("whole.\(ending)"), scratch.file("cut.\(ending)"))
    try TestClip(
      picture: .init(codec: AV_CODEC_ID_MPEG4, times: (0..<75).map { Int64($0 * 40) }, draw: ramp(320, 240)),
      sound: .init(codec: AV_CODEC_ID_AAC, samples: sine(300, rate: 16_000, seconds: 3)), fastStart: ending == "mp4"
    ).write(to: whole)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
    try bytes.prefix(Int(share * Double(bytes.count))).write(to: URL(fileURLWithPath: cut))
    let taken = try Taken(.file(cut))
    #expect(taken.frames.count > 5 && taken.frames.count <= 75, "\(taken.frames.count)")
    #expect(taken.damage.contains { $0.contains("truncated") && $0.contains("cut.") }, "\(taken.damage)")
    #expect(try Taken(.file(whole)).damage == [])
  }

  @Test func mp4WithoutIndexIsRefusedWithTheReason() throws {
    let scratch = try Scratch()
    let path = scratch.file("cut.mp4")
    try TestClip(picture: .init(codec: AV_CODEC_ID_MPEG4, times: [0, 40, 80], draw: ramp(320, 240))).write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
    let error = try #require(refusal(.file(path)))
    #expect(error.kind == .badData && error.description.contains("moov"), "\(error)")
  }

  @Test func flippedBytesNeverTrap() throws {
    let scratch = try Scratch()
    let path = scratch.file("x.mkv")
    try TestClip(
      picture: .init(codec: AV_CODEC_ID_MPEG4, times: (0..<20).map { Int64($0 * 40) }, draw: ramp(320, 240)),
      sound: .init(codec: AV_CODEC_ID_FLAC, samples: sine(300, rate: 16_000, seconds: 1))
    ).write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    var state: UInt64 = 7
    for _ in 0..<12 {
      var bad = bytes
      for _ in 0..<20 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bad[Int(state >> 33) % bad.count] = UInt8(truncatingIfNeeded: state >> 20)
      }
      try bad.write(to: URL(fileURLWithPath: path))
      guard let taken = try? Taken(.file(path)) else { continue }
      // Whatever came out is in order.
      #expect(zip(taken.frames, taken.frames.dropFirst()).allSatisfy { $0.time < $1.time })
    }
  }
}
