import Files
import Foundation
import HiCMAE
import HiCMAETraining
import Models
import Networks
import Synchronization
import Testing
import TrainingRuns

/// What a run leaves in its folder, and how it goes on from a folder that somebody changed.
@Suite(.serialized) struct RunFolderTests {
  @Test func checkpointsArePrunedButNotTheBest() throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 12) { settings in
      settings.validation = settings.data
      settings.optimisation.lr = 0
    }
    // With a rate of 0 no epoch is better than the first.
    let summary = try toy.run("run", settings) { $0.keep = 2 }.run()
    #expect(summary.best?.step == 3)
    #expect(try ToyList.names(toy / "run/checkpoints") == ["step-00000003", "step-00000009", "step-00000012"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: toy / "run/best") == "checkpoints/step-00000003")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: toy / "run/last") == "checkpoints/step-00000012")
    #expect(try RunModels.model(of: toy / "run") == toy / "run/best")
    #expect(try RunModels.model(of: toy / "run/best") == toy / "run/best")
    let model = try ModelFolder(toy / "run/best")
    try model.verify()
    #expect(try model.load().config.labels?.names == settings.labels && model.config.trained)
    let card = try String(contentsOfFile: toy / "run/best/README.md", encoding: .utf8)
    #expect(card.contains("list.csv") && card.contains("UAR") && card.contains("unlawful"))
    #expect(try ToyList.names(toy / "run/best").contains("state.json"))
  }

  /// One modality alone: batches, losses, validation and the model folder without the other.
  @Test(arguments: [Modalities.audio, .video]) func oneSenseIsTrainedAlone(modalities: Modalities) throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 3, modalities: modalities) { $0.validation = $0.data }
    #expect(try toy.run("run", settings).run().validation?.clips == 6)
    let config = try ModelFolder(toy / "run/last").load().config
    #expect(config.modalities == modalities && config.sizes == ToyList.sizes.keeping(modalities))
    let shares = try toy.records("run").compactMap { if case .layerWeights(let shares) = $0 { shares } else { nil } }
    #expect(
      shares.allSatisfy { ($0.video == nil) == (modalities == .audio) && ($0.audio == nil) == (modalities == .video) })
    // Pre-training has the one reconstruction, and no contrast.
    let before = try toy.pretraining(steps: 3, modalities: modalities) { $0.validation = $0.data }
    let found = try #require(try toy.run("before", before).run().validation)
    #expect((found.video == nil) == (modalities == .audio) && (found.audio == nil) == (modalities == .video))
    #expect(found.contrast == nil && found.loss == found.audio ?? found.video)
    let sizes = try ModelFolder(toy / "before/best").config.sizes
    #expect(sizes == AnySizes(before.model.sizes) && sizes.base is PretrainingConfiguration)
  }

  /// A copy without links (a zip, another file system) goes on from its newest checkpoint, and loses none of them.
  @Test func aCopyWithoutLinksGoesOn() throws {
    let toy = try ToyList()
    let settings = try toy.stopped()
    for link in ["last", "best"] { try FileManager.default.removeItem(atPath: toy / "run/\(link)") }
    #expect(try RunModels.model(of: toy / "run") == toy / "run/checkpoints/step-00000004")
    let told = Mutex<[String]>([])
    let run = try toy.run("run", settings, resumes: true) { conditions in
      conditions.warn = { line in told.withLock { $0.append(line) } }
    }
    #expect(run.resumedAt == 4 && told.withLock { $0.count } == 1)
    #expect(told.withLock { $0.first?.contains("step 4") } == true)
    #expect(try run.run().steps == 6)
    #expect(try ToyList.names(toy / "run/checkpoints") == ["step-00000003", "step-00000004", "step-00000006"])
  }

  /// Where `last` leads to a checkpoint that somebody removed, the one before it is the newest.
  @Test func aLinkToNothingGoesOnFromTheOneBefore() throws {
    let toy = try ToyList()
    let settings = try toy.stopped()
    try FileManager.default.removeItem(atPath: toy / "run/checkpoints/step-00000004")
    #expect(try RunModels.model(of: toy / "run") == toy / "run/checkpoints/step-00000003")
    let run = try toy.run("run", settings, resumes: true)
    #expect(run.resumedAt == 3)
    #expect(try run.run().steps == 6)
  }

  /// A copy that followed links has folders in their place; nothing is removed or trained over.
  @Test func aFolderInPlaceOfALinkIsRefused() throws {
    let toy = try ToyList()
    let settings = try toy.stopped()
    try FileManager.default.removeItem(atPath: toy / "run/last")
    try FileManager.default.copyItem(atPath: toy / "run/checkpoints/step-00000004", toPath: toy / "run/last")
    let before = try ToyList.names(toy / "run/checkpoints")
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.kind == .badData && error?.description.contains("run/last: is a folder") == true)
    #expect(try ToyList.names(toy / "run/checkpoints") == before)
    try FileManager.default.removeItem(atPath: toy / "run/last")
    #expect(try toy.run("run", settings, resumes: true).run().steps == 6)
  }

  /// Folders above a run are made with it.
  @Test func foldersAboveAreMade() throws {
    let toy = try ToyList()
    #expect(try toy.run("above/it/run", try toy.finetuning(steps: 1)).run().end == .done)
    try Data().write(to: URL(fileURLWithPath: toy / "file"))
    let error = #expect(throws: FileError.self) { try toy.run("file/run", try toy.finetuning(steps: 1)) }
    #expect(error?.kind == .cannotWrite)
  }

  @Test func aDraftOfAKilledProcessIsSwept() throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 3)
    var steps = 0
    _ = try toy.run("run", settings).run(stop: { steps == 2 }, observe: { if case .step = $0 { steps += 1 } })
    for name in [".step-00000003.tmp", "step-00000099"] {
      try FileManager.default.createDirectory(
        atPath: toy / "run/checkpoints/\(name)", withIntermediateDirectories: true)
    }
    // Half a line, as a full disk leaves it.
    let log = try FileHandle(forWritingTo: URL(fileURLWithPath: toy / "run/log.jsonl"))
    try log.seekToEnd()
    try log.write(contentsOf: Data("{\"type\":\"st".utf8))
    try log.close()
    _ = try toy.run("run", settings, resumes: true).run()
    #expect(try ToyList.names(toy / "run/checkpoints") == ["step-00000002", "step-00000003"])
    #expect(try toy.records("run").count { if case .step = $0 { true } else { false } } == 3)
  }

  @Test func oneProcessAtATime() throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 1)
    let first = try toy.run("run", settings)
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.description.contains("another process") == true)
    _ = try first.run()
  }
}
