import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `mien finetune` on several lists, each with labels of its own.
  @Suite struct JoinedListsTests {
    private let toy: TrainingToy
    private let folder: Folder

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      // Class 0 of this list is glad; its class 1 the model does not have.
      try folder.write("voices.csv", "- sound0.wav 0\n- sound1.wav 1\n- sound2.wav glad\n- sound3.wav calm:2,glad:1\n")
      try folder.write("voices.txt", "glad\nbored\n")
    }

    private func finetune(_ run: String, _ options: String...) throws -> Command {
      try Command.run(
        ["finetune"]
          + ["--data", folder / "list.csv", folder / "voices.csv", "-o", folder / run, "--batch", "3", "--seed", "3"]
          + TrainingToy.sizes + TrainingToy.labels + ["--modalities", "a", "--epochs", "2", "--no-augment"] + options)
    }

    @Test func listsWithLabelsOfTheirOwnTrainOneModel() throws {
      let names = ["--data-labels", "calm,angry,glad", folder / "voices.txt"]
      let refused = try finetune("run", names[0], names[1], names[2])
      #expect(refused.status == 65)
      #expect(
        refused.err.contains("voices.csv:2: the class “bored” (1) is none of calm, angry, glad"), "\(refused.err)")
      #expect(refused.err.contains("--leave-out-unknown") && !FileManager.default.fileExists(atPath: folder / "run"))

      let mixed = [
        names[0], names[1], names[2], "--leave-out-unknown", "--mix", "1:2", "--val", folder / "list.csv", "--val",
        folder / "voices.csv", "--val-labels", names[1], names[2],
      ]
      let run = try Command.run(
        ["finetune"]
          + ["--data", folder / "list.csv", "--data", folder / "voices.csv", "-o", folder / "run", "--batch", "3"]
          + TrainingToy.sizes + TrainingToy.labels + ["--modalities", "a", "--epochs", "2", "--no-augment"] + mixed)
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("voices.csv: 1 of 4 clips are left out"), "\(run.err)")
      let config = try JSONValue(parsing: String(contentsOfFile: folder / "run/config.json", encoding: .utf8))
      let data = try #require(config["data"]?.elements)
      #expect(data.map { $0["share"]?.int } == [1, 2] && data.map { $0["clips"]?.int } == [6, 3])
      #expect(data.map { $0["left_out"]?.int } == [0, 1] && data[1]["labels"]?.elements?.count == 2)
      #expect(Set(data.compactMap { $0["sha256"]?.string }).count == 2)
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      let found = try #require(summary["validation"])
      #expect(found["clips"]?.int == 9 && found["broken_clips"]?.int == 0)
      let lists = try #require(found["lists"]?.elements)
      #expect(lists.map { $0["clips"]?.int } == [6, 3] && lists.map { $0["broken_clips"]?.int } == [0, 0])
      #expect(lists[1]["list"]?.string == folder / "voices.csv" && lists[1]["uar"]?.double != nil)
      #expect(run.err.contains("validation on \(folder / "voices.csv"): loss"), "\(run.err)")
    }

    @Test func whatDoesNotFitTheListsIsRefused() throws {
      for (options, words) in [
        (["--mix", "3:1:1"], "--mix has 3 shares, but --data has 2 lists"), (["--mix", "3"], "--mix"),
        (["--mix", "0:1"], "--mix"), (["--mix", "a:b"], "--mix"),
        (["--data-labels", "a,b", "b,c", "c,d"], "--data-labels was given 3 times for 2 --data"),
        (["--val-labels", "a,b"], "--val-labels needs --val"),
      ] {
        let run = try Command.run(
          ["finetune", "--data", folder / "list.csv", folder / "voices.csv", "-o", folder / "no"] + TrainingToy.labels
            + options)
        #expect(run.status == 64 && run.err.contains(words), "\(options): \(run.err)")
      }
      let pretrain = try Command.run(
        ["pretrain", "--data", folder / "list.csv", folder / "voices.csv", "-o", folder / "no"])
      #expect(pretrain.status == 64 && pretrain.err.contains("--data was given 2 lists; put all clips into one list"))
      // A list of which nothing is left.
      try folder.write("bored.csv", "- sound0.wav bored\n")
      let empty = try Command.run(
        ["finetune", "--data", folder / "list.csv", folder / "bored.csv", "-o", folder / "no", "--leave-out-unknown"]
          + TrainingToy.sizes + TrainingToy.labels + ["--modalities", "a"])
      #expect(empty.status == 65 && empty.err.contains("bored.csv: none of its clips has a label"), "\(empty.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }
  }
}
