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
    #expect(taken.sound == AudioInfo(sampleRate: rate, channels: channels, codec: "pcm_s16le"))
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

  /// PCM in Matroska carries a number of channels and no names: six are taken as 5.1, whose fourth is for low frequencies. A
  /// voice in one channel keeps its level.
  @Test(arguments: [(6, 0, 1.0), (6, 2, 1), (6, 3, 0), (6, 4, 1), (9, 2, 1)])
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
    #expect(try AudioFile.read16k(path) == samples)
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
