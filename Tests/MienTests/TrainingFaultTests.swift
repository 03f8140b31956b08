import Foundation
import Glibc
import TestSupport
import Testing

extension MienTests {
  /// `mien pretrain` and `mien finetune` where clips, the disk or the processor's owner do not play along.
  @Suite struct TrainingFaultTests {
    private let toy: TrainingToy
    private let folder: Folder

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
    }

    /// A hundred clips that are heard alone, which is quick, of which these are broken.
    private func hundred(_ broken: [Int: String]) throws {
      try folder.write("100.csv", (0..<100).map { broken[$0] ?? TrainingToy.line($0) }.joined())
    }

    private func finetune(_ run: String, _ options: String...) throws -> Command {
      try Command.run(
        ["finetune"]
          + toy.arguments(
            run,
            TrainingToy.sizes + TrainingToy.labels + ["--modalities", "a", "--batch", "10", "--no-augment"] + options,
            list: "100.csv"))
    }

    @Test func threeBrokenClipsOfAHundredAreSkipped() throws {
      try folder.write("text.wav", "I am no sound.\n")
      try folder.write("cut.wav", Fixtures.sound(seconds: 1).prefix(9000))
      try hundred([19: "face1 gone.wav 1\n", 49: "face1 text.wav 1\n", 79: "- cut.wav 1\n"])
      try folder.write("val.csv", "face0 sound0.wav 0\nface1 gone.wav 1\nface1 sound1.wav 1\n")
      let run = try finetune("run", "--epochs", "2", "--val", folder / "val.csv")
      #expect(run.status == 0, "\(run.err)")
      for (line, word) in [(20, "gone"), (50, "text.wav"), (80, "cut.wav")] {
        let named = run.errorLines.filter { $0.contains("100.csv:\(line): ") }
        // Once, although there are two epochs.
        #expect(named.count == 1 && named.first?.contains(word) == true, "\(run.err)")
      }
      let epochs = run.errorLines.filter { $0.contains("epoch ") }
      #expect(epochs.count == 2 && epochs.allSatisfy { $0.hasSuffix(", 3 clips skipped") }, "\(run.err)")
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      #expect(summary["validation"]?["broken_clips"]?.int == 1 && summary["validation"]?["clips"]?.int == 2)
      #expect(summary["broken_clips"]?.int == 3 && summary["end"]?.string == "done" && summary["steps"]?.int == 20)
    }

    /// Ten of a hundred are not more than a tenth, eleven are.
    @Test func moreThanATenthBrokenStops() throws {
      func lines(_ count: Int) -> [Int: String] {
        Dictionary(uniqueKeysWithValues: (0..<count).map { (9 * $0, "- gone\($0).wav 0\n") })
      }
      try hundred(lines(10))
      #expect(try finetune("ten", "--epochs", "1").status == 0)
      try hundred(lines(11))
      let run = try finetune("eleven", "--epochs", "1", "--checkpoint-every", "1")
      #expect(run.status == 65 && run.out.isEmpty, "\(run.err)")
      #expect(run.errorLines.count { $0.contains("/gone") && $0.contains("100.csv:") } >= 11, "\(run.err)")
      #expect(run.err.contains(" stays, see \(folder / "eleven/last")"), "\(run.err)")
      let last = try #require(run.errorLines.last)
      #expect(last.contains("more than a tenth of its 100 clips") && last.contains("mien data check"), "\(last)")
      let info = try Command.run("model", "info", folder / "eleven/last", "--verify")
      #expect(info.status == 0, "\(info.err)")
    }

    /// A modality that the list itself lacks is no surprise: one line, and nothing is made.
    @Test func aListWithoutTheSenseIsRefusedBeforehand() throws {
      try hundred(Dictionary(uniqueKeysWithValues: (0..<11).map { ($0, "- sound\($0 % 6).wav \($0 % 3)\n") }))
      func train(_ command: String, _ words: [String]) throws -> Command {
        try Command.run([command] + toy.arguments("run", TrainingToy.sizes + words, list: "100.csv"))
      }
      for command in [["pretrain"], ["finetune"] + TrainingToy.labels] {
        let run = try train(command[0], command.dropFirst() + ["--epochs", "1"])
        #expect(run.status == 65 && run.errorLines.count == 1, "\(run.err)")
        #expect(run.err.contains("100.csv: 11 of 100 clips have no picture"), "\(run.err)")
      }
      try folder.write("100.csv", (0..<100).map { "- sound\($0 % 6).wav \($0 % 3)\n" }.joined())
      #expect(try train("finetune", TrainingToy.labels + ["--epochs", "1"]).err.contains("--modalities a"))
      try hundred([:])
      try folder.write("deaf.csv", (0..<3).map { "face\($0) - \($0)\n" }.joined())
      let run = try train("finetune", TrainingToy.labels + ["--epochs", "1", "--val", folder / "deaf.csv"])
      #expect(run.status == 65 && run.err.contains("deaf.csv: 3 of 3 clips have no sound"), "\(run.err)")
      #expect(!folder.names.contains("run"))
    }

    /// A validation list whose files are all gone is found after the first epoch; what was learnt stays.
    @Test func aUselessValidationListCostsNoEpoch() throws {
      try hundred([:])
      try folder.write("val.csv", "- gone.wav 0\n- away.wav 1\n")
      let run = try finetune("run", "--epochs", "1", "--val", folder / "val.csv")
      #expect(run.status == 65 && run.err.contains("the checkpoint of step 10 stays"), "\(run.err)")
      #expect(run.errorLines.last?.contains("val.csv: none of its clips can be used") == true, "\(run.err)")
      #expect(try Command.run("model", "info", folder / "run/last", "--verify").status == 0)
    }

    @Test func aLabelOfTheValidationListIsCheckedBeforehand() throws {
      try folder.write("labels.txt", "calm\nangry\n\nglad\n")
      try folder.write("val.csv", "face0 sound0.wav 0\nface1 sound1.wav 7\n")
      let words = ["--labels", folder / "labels.txt", "--steps", "1"]
      let bad = try Command.run(
        ["finetune"] + toy.arguments("run", TrainingToy.sizes + words + ["--val", folder / "val.csv"]))
      #expect(bad.status == 65 && bad.err.contains("val.csv:2") && bad.err.contains("“7”"), "\(bad.err)")
      #expect(!folder.names.contains("run"))
      // Names from a file are those of the model.
      #expect(try Command.run(["finetune"] + toy.arguments("run", TrainingToy.sizes + words)).status == 0)
      #expect(try Command.run("model", "info", folder / "run/last").out.contains("calm, angry, glad"))
    }

    /// A limit of the size of files stands for a full disk: below the model's size, and between it and the moments'.
    @Test func aFullDiskKeepsTheLastGoodCheckpoint() throws {
      let options = ["--steps", "8", "--checkpoint-every", "2"]
      #expect(try toy.interrupted("run", options, after: 3, by: SIGINT) == 0)
      let last = try FileManager.default.destinationOfSymbolicLink(atPath: folder / "run/last")
      let step = try #require(last.split(separator: "-").last.flatMap { Int($0) })
      let words = toy.arguments("run", TrainingToy.sizes + TrainingToy.labels + options + ["--resume"])
      func size(_ name: String) throws -> Int {
        try Data(contentsOf: URL(fileURLWithPath: folder / "run/last/\(name).safetensors")).count
      }
      func checkpoints() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder / "run/checkpoints").sorted()
      }
      let (model, moments, before) = (try size("model"), try size("optimizer"), try checkpoints())
      for bytes in [model / 2, (model + moments) / 2] {
        let run = try Command.run(
          ["-c", "ulimit -f \(bytes / 512); exec \"$0\" \"$@\"", Command.path, "finetune"] + words, tool: "/bin/sh")
        #expect(run.status == 74 && run.err.contains("free some space"), "\(run.err)")
        #expect(
          run.err.contains("the checkpoint of step \(step) stays; the same command with --resume goes on"), "\(run.err)"
        )
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder / "run/last") == last)
        // No draft either.
        #expect(try checkpoints() == before)
      }
      #expect(try Command.run(["finetune"] + words).status == 0)
    }

    /// Killed while a checkpoint is half written, with gathering and a running mean; then with another number of threads.
    @Test func aPreTrainingKilledInACheckpointGoesOnBitForBit() throws {
      let options =
        TrainingToy.sizes + [
          "--batch", "1", "--steps", "20", "--accumulate", "2", "--ema", "0.9", "--checkpoint-every", "2",
        ]
      let whole = try Command.run(["pretrain"] + toy.arguments("whole", options + ["--threads", "1"]))
      #expect(whole.status == 0, "\(whole.err)")
      let parts = ["pretrain"] + toy.arguments("parted", options)
      let drafts = folder / "parted/checkpoints"
      let status = try toy.interrupted(parts + ["--threads", "2"], by: SIGKILL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: drafts)) ?? []
        return names.contains { $0.hasSuffix(".tmp") } && toy.steps("parted") >= 10
      }
      #expect(status == 128 + SIGKILL)
      let left = try FileManager.default.contentsOfDirectory(atPath: drafts)
      #expect(left.contains { $0.hasSuffix(".tmp") }, "\(left)")
      let rest = try Command.run(parts + ["--threads", "1", "--resume"])
      #expect(rest.status == 0 && rest.err.contains("goes on after step"), "\(rest.err)")
      for file in ["model", "weights", "optimizer"] {
        let isSame = try toy.same("whole/last/\(file).safetensors", "parted/last/\(file).safetensors")
        #expect(isSame, "\(file)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: drafts).allSatisfy { $0.hasPrefix("step-") })
    }
  }
}
