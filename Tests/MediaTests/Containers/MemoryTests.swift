import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

/// Bytes in memory give what the same bytes in a file give.
@Suite struct MemoryTests {
  private static let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "recordings/demo.mp4").path

  /// Frames as they are: faces take time to find.
  private static var unfollowed: Recording.Options {
    var options = Recording.Options()
    options.faces = .none
    return options
  }

  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func memory(_ path: String, first count: Int? = nil) throws -> MediaSource {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return .memory(MediaBytes(Array(bytes.prefix(count ?? bytes.count)), name: path))
  }

  /// What both say, which must be the same; messages name the file.
  private func refusal<Result>(_ path: String, _ body: (MediaSource) throws -> Result) throws -> String {
    let file = try #require(throws: MediaError.self) { try body(.path(path)) }
    let memory = try #require(throws: MediaError.self) { try body(self.memory(path)) }
    #expect(file.description == memory.description && file.kind == memory.kind)
    return memory.description
  }

  private func put(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.file(name)))
    return scratch.file(name)
  }

  @Test func aMoviesFacesAndSound() throws {
    let memory = try memory(Self.demo)
    let wanted: (Int) -> [Int] = { _ in [0, 20, 8, 20] }
    let faces = try #require(try ClipFaces.read(Self.demo, choose: wanted))
    let found = try ClipFaces.read(memory, choose: wanted)
    #expect(faces.count == 4 && found == faces)
    var seen = 0
    let frames = try ClipFaces.each(memory, options: Self.unfollowed) { _, face in seen += face == nil ? 0 : 1 }
    #expect(try frames == ClipFaces.each(Self.demo, options: Self.unfollowed) { _, _ in })
    #expect(seen > 0)
    let sound = try AudioFile.read16k(Self.demo)
    #expect(try AudioFile.read16k(memory) == sound && sound.count > 16_000)
  }

  @Test(arguments: [8000, 16_000]) func soundsOfLibsndfile(rate: Int) throws {
    let samples = (0..<30_000).map { Float($0 % 800) / 1000 - 0.4 }
    try AudioFile.write16k(samples, to: scratch.file("sound.flac"))
    let wave = try put("sound.wav", Wave(samples: 50_000, rate: rate).bytes)
    for path in [scratch.file("sound.flac"), wave] {
      let sound = try AudioFile.read16k(path)
      #expect(try AudioFile.read16k(memory(path)) == sound && sound.count > 1000)
    }
  }

  @Test func picturesInMemory() throws {
    var members: [MediaBytes] = []
    for index in 0..<4 {
      let pixels = (0..<160 * 160 * 3).map { UInt8(truncatingIfNeeded: $0 * (index + 3)) }
      let path = scratch.file("folder/\(index).png")
      try FileManager.default.createDirectory(atPath: scratch.file("folder"), withIntermediateDirectories: true)
      try PNGFile.write(FaceCrop(side: 160, pixels: pixels), to: path)
      members.append(MediaBytes([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), name: path))
    }
    let pictures = MediaSource.pictures(members, name: "clip")
    let all = try ClipFaces.read(scratch.file("folder")) { Array(0..<$0) + [1] }
    #expect(try ClipFaces.read(pictures) { Array(0..<$0) + [1] } == all && all?.count == 5)
    var faces = 0
    let count = try ClipFaces.each(pictures) { _, face in faces += face == nil ? 0 : 1 }
    #expect(count == 4 && faces == 4)
    // One that is broken is named.
    members[2].bytes.removeLast(members[2].bytes.count / 2)
    let error = try #require(throws: MediaError.self) {
      try ClipFaces.read(.pictures(members, name: "clip")) { _ in [2] }
    }
    #expect(error.path == members[2].name && error.kind == .badData)
    #expect(throws: MediaError.self) { try ClipFaces.read(.pictures([], name: "clip")) { _ in [] } }
    #expect(throws: MediaError.self) { try AudioFile.read16k(pictures) }
  }

  /// What is broken is refused in the same words.
  @Test func brokenBytesAreRefusedAlike() throws {
    let cut = try put("cut.wav", Wave(samples: 50_000).bytes.prefix(60_000))
    #expect(try refusal(cut, { try AudioFile.read16k($0) }).contains("promises 100000 bytes"))
    let text = try put("text.flac", Array("this is no sound".utf8))
    #expect(try refusal(text, { try AudioFile.read16k($0) }).contains(text))
    _ = try refusal(put("empty.mp4", []), { try ClipFaces.read($0) { _ in [0] } })
    let movie = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.demo)))
    for kept in [movie.count / 2, 4000] {
      let path = try put("cut\(kept).mp4", movie.prefix(kept))
      #expect(try refusal(path, { try ClipFaces.read($0, options: Self.unfollowed) { _ in [0] } }).contains(path))
    }
  }
}
