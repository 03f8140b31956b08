import Foundation
import TestSupport
import Testing

extension MienTests {
  /// An architecture that answers from either modality learns from clips that lack one, and answers such clips.
  @Suite struct VersatileTrainingTests {
    private let toy: TrainingToy
    private let folder: Folder
    private static let sizes = ["--size", "vavl-light"]

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      try folder.write(
        "mixed.csv",
        "face0 sound0.wav 0\n- sound1.wav 1\nface2 - 2\nface3 sound3.wav 0\n- sound4.wav 1\nface5 - 2\n")
    }

    private func finetune(_ run: String, _ options: [String], list: String) throws -> Command {
      try Command.run(
        ["finetune"]
          + toy.arguments(run, TrainingToy.labels + ["--epochs", "1", "--no-augment"] + options, list: list))
    }

    @Test func learnsFromClipsThatLackAModality() throws {
      let run = try finetune("mixed", Self.sizes + ["--val", folder / "mixed.csv"], list: "mixed.csv")
      #expect(run.status == 0, "\(run.err)")
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      #expect(summary["broken_clips"]?.int == 0 && summary["end"]?.string == "done")
      #expect(summary["validation"]?["clips"]?.int == 6 && summary["validation"]?["broken_clips"]?.int == 0)

      // Evaluation answers all of them, each from what it has.
      let eval = try Command.run(["eval", "--model", folder / "mixed/last", "--data", folder / "mixed.csv"])
      #expect(eval.status == 0, "\(eval.err)")
      let report = try JSONValue(parsing: try #require(eval.lines.first))
      #expect(report["clips"]?.int == 6 && report["evaluated"]?.int == 6, "\(eval.out)")
      #expect(report["uar"]?.double == summary["validation"]?["uar"]?.double)

      // A recording without a picture has an answer that rests on audio. Nobody speaks in the sounds of this toy.
      let replay = try Command.run([
        "replay", "--model", folder / "mixed/last", folder / "sound5.wav", "--speech-gate", "off",
      ])
      #expect(replay.status == 0, "\(replay.err)")
      let results = try replay.lines.map { try JSONValue(parsing: $0) }.filter {
        $0["type"]?.string == "emotion.result"
      }
      let first = try #require(results.first)
      #expect(
        first["modalities"]?["video"]?["used"]?.bool == false && first["modalities"]?["audio"]?["used"]?.bool == true)
      #expect(first["emotions"]?["calm"]?.double != nil, "\(replay.out)")
    }

    /// Attributes are answered by heads of their own, also where a modality lacks; the run knows its settings again.
    @Test func learnsAttributes() throws {
      try folder.write(
        "values.csv", "face0 sound0.wav 0.1 0.9\n- sound1.wav 0.8 0.2\nface2 - 0.5 0.4\nface3 sound3.wav 0.9 0.6\n")
      let options =
        toy.arguments("values", Self.sizes + ["--attributes", "valence,arousal", "--no-augment"], list: "values.csv")
      let run = try Command.run(["finetune"] + options + ["--epochs", "1", "--val", folder / "values.csv"])
      #expect(run.status == 0, "\(run.err)")
      let config = try JSONValue(
        parsing: String(contentsOfFile: folder / "values/last/config.json", encoding: .utf8))
      #expect(config["task"]?.string == "regression")
      #expect(config["sizes"]?["attributes"]?.int == 2 && config["sizes"]?["classes"]?.int == 0)
      let eval = try Command.run(["eval", "--model", folder / "values/last", "--data", folder / "values.csv"])
      let report = try JSONValue(parsing: try #require(eval.lines.first, "\(eval.err)"))
      #expect(report["evaluated"]?.int == 4 && report["task"]?.string == "regression", "\(eval.out)")
      let again = try Command.run(
        ["finetune"] + options + ["--epochs", "1", "--val", folder / "values.csv", "--resume"])
      #expect(again.status == 0 && again.out.contains("finished_before"), "\(again.err)\(again.out)")
    }

    /// What the architecture does not have is said.
    @Test func refusesWhatThereIsNot() throws {
      for (arguments, words) in [
        (
          ["finetune"] + toy.arguments("no", TrainingToy.labels + Self.sizes + ["--fusion-depth", "2"]),
          "--fusion-depth"
        ),
        (["pretrain"] + toy.arguments("no", Self.sizes), "use finetune"),
        (["bench", "--train", "pretrain"] + Self.sizes, "use finetune"),
      ] {
        let run = try Command.run(arguments)
        #expect(run.status == 64 && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }

    /// A modality that no clip has would stay untrained; and an architecture with one head needs both.
    @Test func refusesAListWithoutOneModality() throws {
      try folder.write("heard.csv", (0..<6).map { "- sound\($0).wav \($0 % 3)\n" }.joined())
      let heard = try finetune("heard", Self.sizes, list: "heard.csv")
      #expect(heard.status == 65 && heard.err.contains("6 of 6 clips have no picture"), "\(heard.err)")
      #expect(heard.err.contains("--modalities a"), "\(heard.err)")
      let other = try finetune("other", TrainingToy.sizes, list: "mixed.csv")
      #expect(other.status == 65 && other.err.contains("mixed.csv: 2 of 6 clips have no picture"), "\(other.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "heard"))
      let alone = try finetune("alone", Self.sizes + ["--modalities", "a"], list: "heard.csv")
      #expect(alone.status == 0, "\(alone.err)")
    }
  }
}
