import Clips
import Foundation
import Lists
import Media
import Models
import Networks
import Signal
import Testing
import TrainingRuns

/// Runs whose clips lie in an archive.
@Suite(.serialized) struct ClipSourceTests {
  /// The files of a toy list, in memory.
  private struct Archive: ClipSource {
    private var members: [String: MediaSource] = [:]

    init(_ toy: ToyList) throws {
      func bytes(_ name: String) throws -> MediaBytes { MediaBytes([UInt8](try toy.bytes(name)), name: name) }
      for entry in toy.list.entries {
        if let video = entry.video {
          let pictures = try ToyList.names(toy / video)
          members[video] = .pictures(try pictures.map { try bytes("\(video)/\($0)") }, name: video)
        }
        if let audio = entry.audio { members[audio] = .memory(try bytes(audio)) }
      }
    }

    func media(_ name: String, of list: AnnotationList) throws -> MediaSource {
      guard let member = members[name] else { throw CocoaError(.fileNoSuchFile) }
      return member
    }
  }

  /// The files are gone, so nothing can have been read beside the archive: not in training, not in validation.
  @Test(arguments: [true, false]) func anArchiveTrainsTheWeightsOfItsFiles(isLabelled: Bool) throws {
    let toy = try ToyList()
    let settings =
      try isLabelled
      ? toy.finetuning(steps: 3) { $0.validation = $0.data } : toy.pretraining(steps: 3) { $0.validation = $0.data }
    let files = try toy.run("files", settings).run()
    let archive = try Archive(toy)
    for entry in toy.list.entries {
      for name in [entry.video, entry.audio].compactMap({ $0 }) {
        try FileManager.default.removeItem(atPath: toy / name)
      }
    }
    let members = try toy.run("archive", settings) { $0.source = archive }.run()
    #expect(members.end == .done && members.broken == 0)
    #expect(files.validation?.clips == 6 && members.validation == files.validation)
    let isSame = try toy.bytes("files/last/model.safetensors") == toy.bytes("archive/last/model.safetensors")
    #expect(isSame)
  }

  @Test func clipsAreLookedAtInAnArchive() throws {
    let toy = try ToyList(clips: 2)
    let want = ClipInputs.Want(modalities: .audioVideo, preprocessing: Preprocessing())
    func inputs(_ source: any ClipSource) -> [[Float]] {
      let clips = ClipInputs(toy.list, wants: [want], source: source, face: .largest, threads: 1)
      defer { clips.cancel() }
      var values: [[Float]] = []
      while case .inputs(let inputs)? = clips.next() { values += inputs.flatMap { [$0.video, $0.audio] } }
      return values
    }
    let files = inputs(ClipFiles())
    let isSame = try inputs(Archive(toy)) == files
    #expect(isSame && files.count == 4)
  }
}
