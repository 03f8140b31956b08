import Files
import Foundation
import Models
import Networks
import Testing
import TrainingRuns

/// What a run does about clips that cannot be used, and about numbers that are none.
@Suite(.serialized) struct RunFailureTests {
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
        #expect(!(try ToyList.names(toy / "run\(seed)").contains("best")))
      }
    }
    #expect(failures.first?.kind == .badData && failures.first?.description.contains("no step was made") == true)
  }
}
