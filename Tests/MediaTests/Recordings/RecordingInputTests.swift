import CFFmpeg
import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

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
