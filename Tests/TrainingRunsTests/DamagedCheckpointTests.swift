import Files
import Foundation
import Models
import Synchronization
import Testing
import TrainingRuns

/// Where a run goes on from when checkpoints are damaged, and what it says about that.
@Suite(.serialized) struct DamagedCheckpointTests {
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
    let settings = try toy.stopped()
    let whole = try toy.run("whole", settings) { $0.checkpointEvery = 1 }.run()
    let path = toy / "run/checkpoints/step-00000004/\(file)"
    let cut = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(30)
    try cut.write(to: URL(fileURLWithPath: path))
    let (resumed, said, end) = try finished(toy, settings)
    #expect(resumed == 3 && end == whole.steps)
    #expect(said.count == 2 && said[0].contains(path) && said[1].contains("step 3"), "\(said)")
    // What is whole in it may be wanted.
    let aside = toy / "run/checkpoints/damaged-00000004"
    #expect(try ToyList.names(aside).contains("model.safetensors"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(aside)/\(file)")) == cut)
    let ends = try ["run", "whole"].map {
      try Data(contentsOf: URL(fileURLWithPath: toy / "\($0)/last/model.safetensors"))
    }
    #expect(ends[0] == ends[1])

    for step in try ToyList.names(toy / "run/checkpoints") where step != "step-00000006" {
      try FileManager.default.removeItem(atPath: toy / "run/checkpoints/\(step)")
    }
    try cut.write(to: URL(fileURLWithPath: toy / "run/checkpoints/step-00000006/\(file)"))
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.kind == .badData && error?.description.contains("step-00000006/\(file)") == true)
    #expect(try ToyList.names(toy / "run/checkpoints") == ["step-00000006"])
  }

  /// A checkpoint that somebody took a file out of is passed over like a damaged one; what is in it stays. Where it is the
  /// only one, the run does not begin again over it.
  @Test(arguments: ["model.safetensors", "optimizer.safetensors", "state.json", "config.json"])
  func aCheckpointThatLacksAFileIsPassedOver(file: String) throws {
    let toy = try ToyList()
    let settings = try toy.stopped()
    try FileManager.default.removeItem(atPath: toy / "run/checkpoints/step-00000004/\(file)")
    let (resumed, said, end) = try finished(toy, settings)
    #expect(resumed == 3 && end == 6)
    #expect(said.first?.contains("step-00000004/\(file): is gone") == true, "\(said)")
    #expect(try ToyList.names(toy / "run/checkpoints/damaged-00000004").count == 4)

    for step in try ToyList.names(toy / "run/checkpoints") where step.hasPrefix("step-") {
      try FileManager.default.removeItem(atPath: toy / "run/checkpoints/\(step)/\(file)")
    }
    let before = try ToyList.names(toy / "run/checkpoints")
    let log = try Data(contentsOf: URL(fileURLWithPath: toy / "run/log.jsonl"))
    let error = #expect(throws: FileError.self) { try toy.run("run", settings, resumes: true) }
    #expect(error?.kind == .badData && error?.description.contains("no checkpoint is whole") == true)
    #expect(try ToyList.names(toy / "run/checkpoints") == before)
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
    let (best, said) = (try RunModels.model(of: toy / "run"), told.withLock { $0 })
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
}
