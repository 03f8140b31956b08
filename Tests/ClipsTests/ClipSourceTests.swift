import Clips
import Files
import Foundation
import Lists
import Media
import Networks
import Signal
import Tensor
import Testing

/// Clips that lie in memory.
@Suite struct ClipSourceTests {
  /// The files of a folder, as an archive would have them.
  private struct Archive: ClipSource {
    var members: [String: MediaSource]

    func media(_ name: String, of list: AnnotationList) throws -> MediaSource {
      guard let member = members[name] else {
        throw MediaError(library: "mien", operation: "find", message: "no such member", path: name, kind: .noInput)
      }
      return member
    }
  }

  @Test func anArchiveGivesTheBitsOfItsFiles() throws {
    let toy = try Toy()
    for i in 0..<4 { try toy.clip(i) }
    let list = try toy.list((0..<4).map { "face\($0) sound\($0).flac \($0 % 3)\n" }.joined())
    func bytes(_ name: String) throws -> MediaBytes {
      MediaBytes([UInt8](try Data(contentsOf: URL(fileURLWithPath: toy / name))), name: name)
    }
    var archive = Archive(members: [:])
    for i in 0..<4 {
      let pictures = try FileManager.default.contentsOfDirectory(atPath: toy / "face\(i)").sorted()
      archive.members["face\(i)"] = .pictures(try pictures.map { try bytes("face\(i)/\($0)") }, name: "face\(i)")
      archive.members["sound\(i).flac"] = .memory(try bytes("sound\(i).flac"))
    }
    func batch(_ source: any ClipSource) throws -> Batch {
      var settings = BatchLoader.Settings(batch: 4, seed: 2)
      (settings.source, settings.brokenShare) = (source, 1)
      let loader = BatchLoader(list: list, recipe: .finetuning(.classes(3)), settings: settings, epochs: 0..<1)
      return try #require(try loader.next())
    }
    let (files, members) = (try batch(ClipFiles()), try batch(archive))
    #expect(files.count == 4 && members.positions == files.positions)
    let isSame = members.video?.array == files.video?.array && members.audio?.array == files.audio?.array
    #expect(isSame && members.targets == files.targets && files.video != nil && files.audio != nil)
    // What an archive lacks is a broken clip like any other.
    archive.members["sound2.flac"] = nil
    let broken = try batch(archive).broken
    #expect(broken.map(\.position) == [2] && broken[0].description.contains("no such member"))
    let inspected = ClipInspection(
      of: list.entries[2], in: list, from: archive, target: .none, options: Recording.Options(), looksForFaces: true)
    #expect(inspected.findings.map(\.problem) == [.missing])
  }

  /// What an archive's clip becomes once is what its files become; the same bytes are done, others are not.
  @Test func anArchiveIsExtracted() throws {
    let toy = try Toy()
    for i in 0..<2 { try toy.clip(i) }
    let list = try toy.list("face0 sound0.flac 0\n")
    func members(_ clip: Int) throws -> Archive {
      func bytes(_ name: String) throws -> MediaBytes {
        MediaBytes([UInt8](try Data(contentsOf: URL(fileURLWithPath: toy / name))), name: name)
      }
      let pictures = try FileManager.default.contentsOfDirectory(atPath: toy / "face\(clip)").sorted()
      return Archive(members: [
        "face0": .pictures(try pictures.map { try bytes("face\(clip)/\($0)") }, name: "face0"),
        "sound0.flac": .memory(try bytes("sound\(clip).flac")),
      ])
    }
    func extract(_ source: any ClipSource) throws -> (video: String, audio: String, isNew: Bool) {
      let extraction = try ClipExtraction(
        folder: toy / "out", source: source, options: Recording.Options(), landmarks: nil)
      let outcome = extraction.extract(list.entries[0], of: list, isStopped: { false })
      guard case .made(let video?, let audio?, let isNew) = outcome else {
        Issue.record("\(outcome)")
        throw POSIXError(.EIO)
      }
      return (video, audio, isNew)
    }
    let (files, archive) = (try extract(ClipFiles()), try extract(members(0)))
    #expect(archive.isNew && archive.video != files.video)
    func all(_ count: Int) -> [Int] { Array(0..<count) }
    let crops = try [files, archive].map { try ClipFaces.read(toy / "out/" + $0.video, choose: all) }
    #expect(crops[0] == crops[1] && crops[0] != nil)
    let sounds = try [files, archive].map { try AudioFile.read16k(toy / "out/" + $0.audio) }
    #expect(sounds[0] == sounds[1])
    #expect(try !extract(members(0)).isNew)
    let other = try extract(members(1))
    #expect(other.isNew && other.video != archive.video && other.audio != archive.audio)
    guard
      case .broken(let reason) = try ClipExtraction(
        folder: toy / "out", source: Archive(members: [:]), options: Recording.Options(), landmarks: nil
      ).extract(list.entries[0], of: list, isStopped: { false })
    else {
      Issue.record("a clip that is not in the archive was made")
      return
    }
    #expect(reason.contains("no such member"))
  }
}
