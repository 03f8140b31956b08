import Files
import Foundation
import HiCMAE
import HiCMAETraining
import Models
import Networks
import Runs
import Synchronization
import Testing

/// What a run leaves in its folder, and what it does when things go wrong.
@Suite(.serialized) struct RunFolderTests {
  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test func checkpointsArePrunedButNotTheBest() throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 12) { settings in
      settings.validation = settings.data
      settings.optimisation.lr = 0
    }
    // With a rate of 0 no epoch is better than the first.
    let summary = try toy.run("run", settings) { $0.keep = 2 }.run()
    #expect(summary.best?.step == 3)
    #expect(try names(toy / "run/checkpoints") == ["step-00000003", "step-00000009", "step-00000012"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: toy / "run/best") == "checkpoints/step-00000003")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: toy / "run/last") == "checkpoints/step-00000012")
    #expect(try RunFolder.model(of: toy / "run") == toy / "run/best")
    #expect(try RunFolder.model(of: toy / "run/best") == toy / "run/best")
    let model = try ModelFolder(toy / "run/best")
    try model.verify()
    #expect(try model.load().config.labels?.names == settings.labels && model.config.trained)
    let card = try String(contentsOfFile: toy / "run/best/README.md", encoding: .utf8)
    #expect(card.contains("list.csv") && card.contains("UAR") && card.contains("unlawful"))
    #expect(try names(toy / "run/best").contains("state.json"))
  }

  /// One sense alone: batches, losses, validation and the model folder without the other.
  @Test(arguments: [Modalities.audio, .video]) func oneSenseIsTrainedAlone(modalities: Modalities) throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 3, modalities: modalities) { $0.validation = $0.data }
    #expect(try toy.run("run", settings).run().validation?.clips == 6)
    let config = try ModelFolder(toy / "run/last").load().config
    #expect(config.modalities == modalities && config.sizes == ToyList.sizes.keeping(modalities))
    let shares = try toy.records("run").compactMap { if case .layerShares(let shares) = $0 { shares } else { nil } }
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

  /// A run of 6 steps with a checkpoint each, stopped after 4.
  private func stopped(_ toy: ToyList) throws -> RunSettings {
    let settings = try toy.finetuning(steps: 6)
    var steps = 0
    _ = try toy.run("run", settings) { $0.checkpointEvery = 1 }.run(
      stop: { steps == 4 }, observe: { if case .step = $0 { steps += 1 } })
    return settings
  }

  /// A copy without links (a zip, another file system) goes on from its newest checkpoint, and loses none of them.
  @Test func aCopyWithoutLinksGoesOn() throws {
    let toy = try ToyList()
    let settings = try stopped(toy)
    for link in ["last", "best"] { try FileManager.default.removeItem(atPath: toy / "run/\(link)") }
    #expect(try RunFolder.model(of: toy / "run") == toy / "run/checkpoints/step-00000004")
    let told = Mutex<[String]>([])
    let run = try toy.run("run", settings, resumes: true) { conditions in
      conditions.warn = { line in told.withLock { $0.append(line) } }
    }
    #expect(run.resumedAt == 4 && told.withLock { $0.count } == 1)
    #expect(told.withLock { $0.first?.contains("step 4") } == true)
    #expect(try run.run().steps == 6)
    #expect(try names(toy / "run/checkpoints") == ["step-00000003", "step-00000004", "step-00000006"])
  }

  /// Where `last` leads to a checkpoint that somebody removed, the one before it is the newest.
  @Test func aLinkToNothingGoesOnFromTheOneBefore() throws {
    let toy = try ToyList()
    let settings = try stopped(toy)
    try FileManager.default.removeItem(atPath: toy / "run/checkpoints/step-00000004")
    #expect(try RunFolder.model(of: toy / "run") == toy / "run/checkpoints/step-00000003")
    let run = try toy.run("run", settings, resumes: true)
    #expect(run.resumedAt == 3)
    #expect(try run.run().steps == 6)
  }

  /// Where a run goes on from, what it says about that, and the steps it has at its end; its folder is free again then.
  private func finished(_ toy: ToyList, _ settings: RunSettings) throws -> (from: Int, said: [String], steps: Int) {
    let told = Mutex<[String]>([])
    let run = try toy.run("run", settings, resumes: true) { conditions in
      conditions.checkpointEvery = 1
      conditions.warn = { line in told.withLock { $0.append(line) } }
    }
    let said = told.withLock { $0 }
    return (run.resumedAt, said, try run.run().steps)
  }

  /// A newest checkpoint that is cut short costs the steps behind the one before it; the only one costs the run.
  @Test(arguments: ["model.safetensors", "optimizer.safetensors", "state.json"])
  func aDamagedCheckpointIsPassedOver(file: String) throws {
    let toy = try ToyList()
    let settings = try stopped(toy)
    let whole = try toy.run("whole", settings) { $0.checkpointEvery = 1 }.run()
    let path = toy / "run/checkpoints/step-00000004/\(file)"
    let cut = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(30)
    try cut.write(to: URL(fileURLWithPath: path))
    let (resumed, said, end) = try finished(toy, settings)
    #expect(resumed == 3 && end == whole.steps)
    #expect(said.count == 2 && said[0].contains(path) && said[1].contains("step 3"), "\(said)")
    // What is whole in it may be wanted.
    let aside = toy / "run/checkpoints/damaged-00000004"
    #expect(try names(aside).contains("model.safetensors"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(aside)/\(file)")) == cut)
    let ends = try ["run", "whole"].map {
      try Data(contentsOf: URL(fileURLWithPath: toy / "\($0)/last/model.safetensors"))
    }
    #expect(ends[0] == ends[1])

    for step in try names(toy / "run/checkpoints") where step != "step-00000006" {
      try FileManager.default.removeItem(atPath: toy / "run/checkpoints/\(step)")
    }
    try cut.write(to: URL(fileURLWithPath: toy / "run/checkpoints/step-00000006/\(file)"))
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.kind == .badData && error?.description.contains("step-00000006/\(file)") == true)
    #expect(try names(toy / "run/checkpoints") == ["step-00000006"])
  }

  /// A checkpoint that somebody took a file out of is passed over like a damaged one; what is in it stays. Where it is the
  /// only one, the run does not begin again over it.
  @Test(arguments: ["model.safetensors", "optimizer.safetensors", "state.json", "config.json"])
  func aCheckpointThatLacksAFileIsPassedOver(file: String) throws {
    let toy = try ToyList()
    let settings = try stopped(toy)
    try FileManager.default.removeItem(atPath: toy / "run/checkpoints/step-00000004/\(file)")
    let (resumed, said, end) = try finished(toy, settings)
    #expect(resumed == 3 && end == 6)
    #expect(said.first?.contains("step-00000004/\(file): is gone") == true, "\(said)")
    #expect(try names(toy / "run/checkpoints/damaged-00000004").count == 4)

    for step in try names(toy / "run/checkpoints") where step.hasPrefix("step-") {
      try FileManager.default.removeItem(atPath: toy / "run/checkpoints/\(step)/\(file)")
    }
    let before = try names(toy / "run/checkpoints")
    let log = try Data(contentsOf: URL(fileURLWithPath: toy / "run/log.jsonl"))
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.kind == .badData && error?.description.contains("no checkpoint is whole") == true)
    #expect(try names(toy / "run/checkpoints") == before)
    #expect(try Data(contentsOf: URL(fileURLWithPath: toy / "run/log.jsonl")) == log)
  }

  /// The best model is one that a run cannot go on from, or it is gone: then best leads to the last, and it is said.
  @Test(arguments: ["optimizer.safetensors", "model.safetensors"]) func theBestIsKeptOrSaidToBeGone(file: String) throws
  {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 12) { settings in
      settings.validation = settings.data
      settings.optimisation.lr = 0
    }
    var steps = 0
    _ = try toy.run("run", settings).run(stop: { steps == 8 }, observe: { if case .step = $0 { steps += 1 } })
    try FileManager.default.removeItem(atPath: toy / "run/checkpoints/step-00000003/\(file)")
    let told = Mutex<[String]>([])
    let run = try toy.run("run", settings, resumes: true) { conditions in
      conditions.warn = { line in told.withLock { $0.append(line) } }
    }
    let (best, said) = (try RunFolder.model(of: toy / "run"), told.withLock { $0 })
    #expect(best == toy / "run/best" && run.resumedAt == 8)
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: best)
    if file == "model.safetensors" {
      #expect(target == "checkpoints/step-00000008" && said.count == 1 && said[0].contains("is gone"), "\(said)")
    } else {
      #expect(target == "checkpoints/step-00000003" && said.isEmpty, "\(said)")
    }
  }

  /// With a running mean, model.safetensors alone is not what was trained.
  @Test(arguments: [true, false]) func aMeanWithoutItsWeightsIsPassedOver(isCut: Bool) throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 6) { $0.optimisation.ema = 0.5 }
    _ = try toy.run("whole", settings) { $0.checkpointEvery = 1 }.run()
    var steps = 0
    _ = try toy.run("run", settings) { $0.checkpointEvery = 1 }.run(
      stop: { steps == 4 }, observe: { if case .step = $0 { steps += 1 } })
    let path = toy / "run/checkpoints/step-00000004/weights.safetensors"
    let cut = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(30)
    if isCut { try cut.write(to: URL(fileURLWithPath: path)) } else { try FileManager.default.removeItem(atPath: path) }
    let run = try toy.run("run", settings, resumes: true) { $0.checkpointEvery = 1 }
    #expect(run.resumedAt == 3)
    _ = try run.run()
    for file in ["model.safetensors", "weights.safetensors", "optimizer.safetensors"] {
      let ends = try ["run", "whole"].map { try Data(contentsOf: URL(fileURLWithPath: toy / "\($0)/last/\(file)")) }
      #expect(ends[0] == ends[1], "\(file)")
    }
  }

  /// A copy that followed links has folders in their place; nothing is removed or trained over.
  @Test func aFolderInPlaceOfALinkIsRefused() throws {
    let toy = try ToyList()
    let settings = try stopped(toy)
    try FileManager.default.removeItem(atPath: toy / "run/last")
    try FileManager.default.copyItem(atPath: toy / "run/checkpoints/step-00000004", toPath: toy / "run/last")
    let before = try names(toy / "run/checkpoints")
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.kind == .badData && error?.description.contains("run/last: is a folder") == true)
    #expect(try names(toy / "run/checkpoints") == before)
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

  /// Steps are made of clips; where the only one that was met is broken, fresh weights are no result.
  @Test func aRunThatLearntNothingFails() throws {
    let toy = try ToyList(clips: 10, broken: [0])
    var failures: [FileError] = []
    // One clip of ten is met in every run; some seed meets the broken one.
    for seed in 0..<60 where failures.isEmpty {
      let settings = try toy.finetuning(steps: 1, modalities: .audio) { settings in
        (settings.optimisation.batch, settings.optimisation.warmupSteps) = (1, 0)
        settings.seed = UInt64(seed)
        settings.augmentation = AugmentationSettings()
      }
      do { _ = try toy.run("run\(seed)", settings).run() } catch let error as FileError {
        failures.append(error)
        #expect(!(try names(toy / "run\(seed)").contains("best")))
      }
    }
    #expect(failures.first?.kind == .badData && failures.first?.description.contains("no step was made") == true)
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
    #expect(try names(toy / "run/checkpoints") == ["step-00000002", "step-00000003"])
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

  @Test func brokenClipsAreNamedOnceAndSkipped() throws {
    let toy = try ToyList(clips: 12, broken: [4])
    let summary = try toy.run("run", try toy.finetuning(steps: 18)).run()
    #expect(summary.end == .done && summary.broken == 1)
    let broken = try toy.records("run").compactMap { record -> String? in
      if case .broken(let broken) = record { broken.clip } else { nil }
    }
    #expect(broken.count == 1 && broken[0].contains("list.csv:5") && broken[0].contains("sound4.flac"), "\(broken)")
    let epochs = try toy.records("run").compactMap { record -> RunRecord.Epoch? in
      if case .epoch(let epoch) = record { epoch } else { nil }
    }
    #expect(epochs.count == 3 && epochs.allSatisfy { $0.broken == 1 && $0.clips == 11 })
  }

  @Test func tooManyBrokenClipsStopTheRun() throws {
    let toy = try ToyList(clips: 12, broken: [0, 4, 7])
    let run = try toy.run("run", try toy.finetuning(steps: 18))
    #expect(throws: (any Error).self) { try run.run() }
    let records = try toy.records("run")
    #expect(records.count { if case .broken = $0 { true } else { false } } >= 2)
    guard case .closed(let closed) = try #require(records.last) else { throw CocoaError(.coderInvalidValue) }
    #expect(closed.reason == .error && closed.message?.contains("more than a tenth") == true)
  }

  @Test func aRunThatDivergesStopsAndKeepsItsCheckpoint() throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 9) { $0.optimisation.lr = 1e30 }
    let run = try toy.run("run", settings) { $0.checkpointEvery = 1 }
    let error = #expect(throws: (any Error).self) { try run.run() }
    let line = "\(error.map { "\($0)" } ?? "")"
    // Parameters are huge and finite; the first product of two such things is not.
    #expect(line.contains("what encoder.blocks.0.attn.qkv.weight gives is not finite"), "\(line)")
    guard case .closed(let closed) = try #require(try toy.records("run").last) else {
      throw CocoaError(.coderInvalidValue)
    }
    #expect(closed.reason == .diverged && closed.message == line)
    try ModelFolder(toy / "run/last").verify()
  }
}
