import CFFmpeg
import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

/// Files that end before their header says: named everywhere, and whole files of the same kinds are not.
@Suite struct Truncation {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func put(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.file(name)))
    return scratch.file(name)
  }

  private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  private func saysSo(_ path: String, _ damage: [String]) -> Bool {
    damage.contains { $0.hasPrefix("\(path): truncated: ") }
  }

  /// The error of an evaluation's reader, which must be one line that names the file.
  private func refusal<Result>(_ path: String, _ body: (String) throws -> Result) throws -> MediaError {
    let error = try #require(throws: MediaError.self) { try body(path) }
    #expect(error.kind == .badData && error.path == path && error.description.hasPrefix(path), "\(error)")
    return error
  }

  private func readFaces(_ path: String) throws -> Int? {
    var options = Recording.Options()
    options.faces = .none
    return try ClipFaces.read(path, options: options) { [0, $0 / 2, $0 - 1] }?.count
  }

  @Test(arguments: [4096 * 10, 4096 * 10 + 1, 4096 * 10 + 2, 70_000, 99_998])
  func wavCutAnywhere(kept: Int) throws {
    let path = try put("cut.wav", Wave(samples: 50_000).bytes.prefix(44 + kept))
    let taken = try Taken(.file(path))
    #expect(saysSo(path, taken.damage), "\(taken.damage)")
    #expect(taken.samples.count >= kept / 2 - 1 && taken.samples.count <= kept / 2)
    #expect(try refusal(path, AudioFile.read16k).description.contains("promises 100000 bytes"))
  }

  /// One NaN in a file of floats would make every row of a spectrogram that it touches one.
  @Test(arguments: [16_000, 44_100]) func samplesThatAreNoNumbersAreRefused(rate: Int) throws {
    func file(_ name: String, _ odd: Float?) throws -> String {
      var samples = (0..<2 * rate).map { Float($0 % 100) / 200 }
      if let odd { samples[rate] = odd }
      let data = samples.flatMap { Wave.little($0.bitPattern) }
      let format =
        Wave.little(UInt16(3)) + Wave.little(UInt16(1)) + Wave.little(UInt32(rate))
        + Wave.little(UInt32(4 * rate)) + Wave.little(UInt16(4)) + Wave.little(UInt16(32))
      let body =
        Array("WAVEfmt ".utf8) + Wave.little(UInt32(16)) + format + Array("data".utf8)
        + Wave.little(UInt32(data.count)) + data
      return try put(name, Array("RIFF".utf8) + Wave.little(UInt32(body.count)) + body)
    }
    #expect(try AudioFile.read16k(file("fine.wav", nil)).allSatisfy(\.isFinite))
    for odd in [Float.nan, .infinity, -.infinity] {
      let said = try refusal(file("odd.wav", odd), AudioFile.read16k).description
      #expect(said.contains("no numbers") && (said.hasSuffix("1.0 s") || said.hasSuffix("0.9 s")), "\(said)")
    }
  }

  /// libav decodes what there is and leaves the rest grey.
  @Test func picturesCutShort() throws {
    let pixels = (0..<160 * 160 * 3).map { UInt8(truncatingIfNeeded: $0 * $0 / 77) }
    for name in ["a.jpg", "a.png"] {
      let face = FaceCrop(side: 160, pixels: pixels)
      try
        (name.hasSuffix("jpg")
        ? JPEGFile.write(face, to: scratch.file(name)) : PNGFile.write(face, to: scratch.file(name)))
      let whole = try bytes(scratch.file(name))
      for share in [3, 10, 30, 60, 90, 99] {
        let folder = scratch.file("\(share) \(name)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = try put("\(share) \(name)/0.\(name.suffix(3))", whole.prefix(whole.count * share / 100))
        let error = try #require(throws: MediaError.self) { try ClipFaces.read(folder) { _ in [0] } }
        #expect(error.kind == .badData && error.path == path, "\(error)")
      }
    }
  }

  /// What cameras and editors leave in a JPEG's head, which libav complains of, is no damage to the picture.
  @Test func picturesWithOddHeads() throws {
    let pixels = (0..<160 * 160 * 3).map { UInt8(truncatingIfNeeded: $0 * $0 / 77) }
    try JPEGFile.write(FaceCrop(side: 160, pixels: pixels), to: scratch.file("plain.jpg"))
    let plain = try bytes(scratch.file("plain.jpg"))
    func crop(_ name: String, _ content: [UInt8]) throws -> FaceCrop? {
      try FileManager.default.createDirectory(atPath: scratch.file(name), withIntermediateDirectories: true)
      _ = try put("\(name)/0.jpg", content)
      return try ClipFaces.read(scratch.file(name)) { _ in [0] }?.first
    }
    func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
      [0xFF, marker, 0, UInt8(content.count + 2)] + content
    }
    let whole = try #require(try crop("plain", plain))
    let exif = Array("Exif\0\0".utf8)
    for (name, head) in [
      ("short", segment(0xEC, [1, 2])), ("exif", segment(0xE1, exif + Array("no TIFF at all".utf8))),
      (
        "directory",
        segment(0xE1, exif + Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 0, 0, 0, 0, 9, 9, 9, 9])
      ),
    ] {
      #expect(try crop(name, plain.prefix(2) + head + plain.dropFirst(2)) == whole, "\(name)")
    }
    #expect(try crop("tail", plain + Array("behind the end".utf8)) == whole)
  }

  @Test func longWavCut() throws {
    let wave = Wave(samples: 50_000, long: true)
    let whole = try put("whole.wav", wave.bytes)
    #expect(try Taken(.file(whole)).damage == [] && AudioFile.read16k(whole).count == 50_000)
    let cut = try put("cut.wav", wave.bytes.dropLast(4096 * 5))
    #expect(saysSo(cut, try Taken(.file(cut)).damage))
    _ = try refusal(cut, AudioFile.read16k)
  }

  /// Sizes that a writer to a pipe leaves open, tags behind the samples, an odd size without its pad byte.
  @Test func wholeWavsOfAllKinds() throws {
    let tag = Array("LIST".utf8) + Wave.little(UInt32(12)) + Array("INFOISFTxyz\0".utf8)
    let waves: [(String, Wave)] = [
      ("plain", Wave(samples: 50_000)), ("tagged", Wave(samples: 50_000, behind: tag)),
      ("tag cut", Wave(samples: 50_000, behind: Array(tag.prefix(10)))),
      ("odd", Wave(samples: 50_001, bits: 8)), ("odd, tagged", Wave(samples: 50_001, bits: 8, behind: [0] + tag)),
      ("streamed", Wave(samples: 50_000, stated: 0xFFFF_FFFF)), ("arecord", Wave(samples: 50_000, stated: 0x8000_0000)),
      ("sox", Wave(samples: 50_000, stated: 0x7FFF_F000)),
    ]
    for (name, wave) in waves {
      let path = try put("\(name).wav", wave.bytes)
      let taken = try Taken(.file(path))
      #expect(taken.damage == [], "\(name): \(taken.damage)")
      #expect(abs(taken.samples.count - wave.samples) <= 8, "\(name): \(taken.samples.count)")
      #expect(abs(try AudioFile.read16k(path).count - wave.samples) <= 8, "\(name)")
      let pipe = Pipe()
      let writer = Thread {
        pipe.fileHandleForWriting.write(Data(wave.bytes))
        try? pipe.fileHandleForWriting.close()
      }
      writer.start()
      #expect(try Taken(.descriptor(pipe.fileHandleForReading.fileDescriptor)).damage == [], "\(name), piped")
    }
  }

  @Test(arguments: ["flac", "ogg", "ts", "mp4", "aiff"], [0.5, 0.8])
  func soundCut(ending: String, share: Double) throws {
    let codec =
      switch ending {
      case "ts": AV_CODEC_ID_MP2
      case "mp4": AV_CODEC_ID_AAC
      case "aiff": AV_CODEC_ID_PCM_S16BE
      default: AV_CODEC_ID_FLAC
      }
    let whole = scratch.file("whole.\(ending)")
    let noise = (0..<64_000).map { Float(($0 * 7919) % 4096 - 2048) / 32768 }
    try TestClip(sound: .init(codec: codec, samples: noise), fastStart: true).write(to: whole)
    let taken = try Taken(.file(whole))
    #expect(taken.damage == [] && abs(taken.samples.count - noise.count) < 4000, "\(taken.damage)")
    #expect(abs(try AudioFile.read16k(whole).count - noise.count) < 4000)
    let all = try bytes(whole)
    var kept = Int(share * Double(all.count))
    if ending == "ts" { kept -= kept % 188 - 1 }
    let cut = try put("cut.\(ending)", all.prefix(kept))
    let less = try Taken(.file(cut))
    #expect(saysSo(cut, less.damage), "\(less.damage)")
    #expect(!less.samples.isEmpty && less.samples.count < noise.count)
    _ = try refusal(cut, AudioFile.read16k)
  }

  @Test func oggCutBetweenPages() throws {
    let whole = scratch.file("whole.ogg")
    let noise = (0..<64_000).map { Float(($0 * 7919) % 4096 - 2048) / 32768 }
    try TestClip(sound: .init(codec: AV_CODEC_ID_FLAC, samples: noise)).write(to: whole)
    let all = try bytes(whole)
    let last = try #require((0..<all.count - 4).last { all[$0..<$0 + 4].elementsEqual("OggS".utf8) })
    let cut = try put("cut.ogg", all.prefix(last))
    #expect(saysSo(cut, try Taken(.file(cut)).damage))
    _ = try refusal(cut, AudioFile.read16k)
    // A tag behind the last page is not its business.
    let tagged = try put("tagged.ogg", all + Array(repeating: 0, count: 128))
    #expect(try Taken(.file(tagged)).damage == [])
  }

  @Test(arguments: ["mp4", "avi", "mkv"]) func clipsCut(ending: String) throws {
    let whole = scratch.file("whole.\(ending)")
    try TestClip(
      picture: .init(
        codec: AV_CODEC_ID_MPEG4, times: (0..<50).map { Int64(ending == "avi" ? $0 : $0 * 40) }, draw: ramp(320, 240)),
      fastStart: ending == "mp4"
    ).write(to: whole)
    #expect(try Taken(.file(whole)).damage == [] && readFaces(whole) == 3)
    let all = try bytes(whole)
    let cut = try put("cut.\(ending)", all.prefix(all.count * 6 / 10))
    let taken = try Taken(.file(cut))
    #expect(saysSo(cut, taken.damage) && taken.frames.count > 5 && taken.frames.count < 50, "\(taken.damage)")
    #expect(try refusal(cut, readFaces).description.contains("truncated"))
  }
}
