import CFFmpeg
import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

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
