import CFFmpeg
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

/// A sound file beside a recording: both starts lie on one time line.
@Suite struct SeparateSoundTests {
  private static let tone = sine(300, rate: 16_000, seconds: 5)

  private func milliseconds(_ taken: Taken) -> (picture: Int64?, sound: Int64?) {
    (taken.milliseconds.first, taken.chunks.first.map { ($0.start.nanoseconds + 500_000) / 1_000_000 })
  }

  /// The picture starts three seconds after the recording's own sound. The same sound from a file gives the same times.
  @Test(arguments: ["mkv", "mp4"]) func aRecordingKeepsItsOwnStart(ending: String) throws {
    let scratch = try Scratch()
    let (clip, sound) = (scratch.file("late.\(ending)"), scratch.file("sound.wav"))
    try TestClip(
      picture: .init(codec: AV_CODEC_ID_MPEG4, times: (0..<50).map { Int64(3000 + $0 * 40) }, draw: ramp(320, 240)),
      sound: .init(codec: AV_CODEC_ID_AAC, samples: Self.tone)
    ).write(to: clip)
    try TestClip(sound: .init(samples: Self.tone)).write(to: sound)
    let (own, beside) = (try Taken(.file(clip)), try Taken(.file(clip)) { $0.audio = sound })
    let (a, b) = (milliseconds(own), milliseconds(beside))
    #expect(abs((a.picture ?? 0) - (b.picture ?? -99)) <= 70 && (b.picture ?? 0) >= 2900, "\(a) \(b)")
    #expect(abs((a.sound ?? 0) - (b.sound ?? -99)) <= 70, "\(a) \(b)")
  }

  @Test(arguments: [(0.0, 0, 0), (1.5, 0, 1500), (-0.5, 500, 0)] as [(Double, Int64, Int64)])
  func theOffsetMovesTheSound(offset: Double, picture: Int64, sound: Int64) throws {
    let scratch = try Scratch()
    let (clip, file) = (scratch.file("p.mkv"), scratch.file("s.wav"))
    try TestClip(picture: .init(times: [1000, 1040, 1080], draw: ramp(320, 240))).write(to: clip)
    try TestClip(sound: .init(samples: Self.tone)).write(to: file)
    let taken = try Taken(.file(clip)) { ($0.audio, $0.audioOffset) = (file, offset) }
    #expect(milliseconds(taken) == (picture, sound))
  }

  private static func seconds(_ value: Double?) -> Instant? { value.map { Instant(seconds: $0) } }

  /// Picture, own sound, the file's start, whether its format has a zero, the offset; then when picture and file begin.
  @Test(
    arguments: [
      // One clock, the earliest is 0.
      (3, 1, nil, false, 0, 2, nil), (nil, 4, nil, false, 0, nil, nil),
      // The recording's own sound comes first; the file takes its place.
      (3, 0, 0, false, 0, 3, 0), (13, 10, 0, false, 0, 3, 0),
      // A file that starts late on a time line with a zero is late, a broadcast's clock is not.
      (0, 0, 2, true, 0, 0, 2), (0, 0, 2, false, 0, 0, 0), (0, nil, 50_000, true, 0, 0, 0), (0, 0, -1, true, 0, 0, 0),
      // An offset adds to it; what is early becomes 0.
      (1, nil, 0, false, 0.25, 0, 0.25), (1, nil, 2, true, -3, 1, 0), (nil, nil, 7, true, 2, nil, 0),
    ] as [(Double?, Double?, Double?, Bool, Double, Double?, Double?)])
  func oneTimeLine(
    picture: Double?, sound: Double?, file: Double?, hasZero: Bool, offset: Double, shown: Double?, heard: Double?
  ) {
    let zero = TwoClocks.zero(
      picture: Self.seconds(picture), sound: Self.seconds(sound),
      separate: Self.seconds(file).map { (start: $0, hasZero: hasZero) }, offset: Instant(seconds: offset))
    if let picture, let shown { #expect(Instant(seconds: picture) - zero.picture == Instant(seconds: shown)) }
    if let file, let heard { #expect(Instant(seconds: file) - zero.sound == Instant(seconds: heard)) }
    if file == nil { #expect(zero.picture == zero.sound) }
  }
}
