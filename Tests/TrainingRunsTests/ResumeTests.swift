import Files
import Foundation
import Tensor
import Testing
import TrainingRuns

/// A run that was stopped and goes on ends with the bits of one that was not.
@Suite(.serialized) struct RunResumeTests {
  /// What training computes in on this machine.
  static let precisions = Precision.available().filter { $0 != .int8 }

  /// What does not hang on when it was computed.
  private func lasting(_ records: [RunRecord]) -> [RunRecord] {
    records.compactMap { record in
      switch record {
      case .created, .resumed, .checkpoint, .closed: return nil
      case .epoch(var epoch):
        epoch.seconds = 0
        return .epoch(epoch)
      default: return record
      }
    }
  }

  /// Every tenth file of state is the same: the weights, the moments, and the running mean where there is one.
  private func expectSame(_ toy: ToyList, _ files: [String]) throws {
    for file in files {
      // Not compared by #expect, which would print all bytes.
      let isSame = try toy.bytes("whole/last/\(file)") == toy.bytes("parted/last/\(file)")
      #expect(isSame, "\(file)")
    }
    #expect(try lasting(toy.records("whole")) == lasting(toy.records("parted")))
  }

  /// 20 steps = 7 + stop + 6 + stop + 7, in the middle of epochs and of gathering, with one thread and with two.
  @Test(arguments: precisions) func fineTuningGoesOnBitForBit(precision: Precision) throws {
    let toy = try ToyList(clips: 9)
    let settings = try toy.finetuning(steps: 20) { settings in
      settings.validation = settings.data
      (settings.optimisation.accumulate, settings.optimisation.ema) = (2, 0.9)
      (settings.optimisation.clipGrad, settings.optimisation.precision) = (1, precision)
    }
    #expect(try toy.run("whole", settings).run().end == .done)
    for (part, stopsAt) in [(0, 7), (1, 13), (2, 1000)] {
      var steps = 0
      let run = try toy.run("parted", settings, resumes: part > 0, threads: 1 + part % 2)
      let end = try run.run(
        stop: { steps >= stopsAt },
        observe: { record in if case .step(let step) = record { steps = step.step + 1 } }
      ).end
      #expect(end == (part == 2 ? .done : .interrupted))
    }
    try expectSame(toy, ["model.safetensors", "weights.safetensors", "optimizer.safetensors"])
    #expect(try toy.run("parted", settings, resumes: true).run().end == .finishedBefore)
  }

  @Test(arguments: precisions) func preTrainingGoesOnBitForBit(precision: Precision) throws {
    let toy = try ToyList(clips: 5)
    let settings = try toy.pretraining(steps: 6) { settings in
      settings.validation = settings.data
      (settings.optimisation.accumulate, settings.optimisation.ema) = (2, 0.9)
      settings.optimisation.precision = precision
    }
    #expect(try toy.run("whole", settings, threads: 2).run().end == .done)
    var steps = 0
    let end = try toy.run("parted", settings).run(
      stop: { steps >= 3 }, observe: { if case .step = $0 { steps += 1 } }
    ).end
    #expect(end == .interrupted)
    #expect(try toy.run("parted", settings, resumes: true).run().end == .done)
    try expectSame(toy, ["model.safetensors", "weights.safetensors", "optimizer.safetensors"])
  }

  /// Stopped while it validates: the validation is made up for.
  @Test func aStopInValidationLosesNothing() throws {
    let toy = try ToyList()
    let settings = try toy.finetuning(steps: 3) { $0.validation = $0.data }
    #expect(try toy.run("whole", settings).run().end == .done)
    var isValidating = false
    let end = try toy.run("parted", settings).run(
      stop: { isValidating }, observe: { if case .layerWeights = $0 { isValidating = true } }
    ).end
    #expect(end == .interrupted)
    #expect(try !toy.records("parted").contains { if case .validation = $0 { true } else { false } })
    let summary = try toy.run("parted", settings, resumes: true).run()
    #expect(summary.end == .done && summary.validation?.clips == 6)
    try expectSame(toy, ["model.safetensors", "optimizer.safetensors", "README.md"])
  }

  @Test func otherSettingsAreRefusedByName() throws {
    let toy = try ToyList()
    _ = try toy.run("run", try toy.finetuning(steps: 1)).run()
    let other = try toy.finetuning(steps: 1) { settings in
      settings.optimisation.batch = 3
      settings.optimisation.clipGrad = 0.5
      settings.augmentation.timeMasks = [2, 40]
      // A list may be moved.
      settings.data.sources[0].path = "elsewhere.csv"
    }
    let error = #expect(throws: FileError.self) { try toy.run("run", other, resumes: true) }
    let line = try #require(error?.description)
    #expect(error?.kind == .usage && line.contains("optimisation.batch: was 2, is 3"), "\(line)")
    #expect(line.contains("optimisation.clip_grad: was none, is 0.5"), "\(line)")
    #expect(line.contains("augmentation.time_masks: was [0, 0], is [2, 40]") && !line.contains("path"), "\(line)")
    // Of files the content counts, and a person is told no hashes; between tasks nothing else is told.
    let files = try toy.finetuning(steps: 1) { settings in
      (settings.data.sources[0].path, settings.data.sources[0].sha256) = ("other.csv", "0")
      settings.validation = .init([.init(path: "val.csv", sha256: "1", clips: 2)])
    }
    #expect(
      files.differences(from: try toy.finetuning(steps: 1)) == [
        "data: other.csv is not what \(toy / "list.csv") was, by its SHA-256", "validation: was none, is val.csv",
      ])
    #expect(try toy.pretraining(steps: 1).differences(from: files) == ["task: was finetune, is pretrain"])
    #expect(throws: FileError.self) { try toy.run("run", try toy.finetuning(steps: 1)) }
    #expect(throws: FileError.self) { try toy.run("none", try toy.finetuning(steps: 1), resumes: true) }
  }
}
