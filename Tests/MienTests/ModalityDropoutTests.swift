import Foundation
import TestSupport
import Testing

extension MienTests {
  /// A model that learns what stands for an absent modality, from the list to the stream.
  @Suite struct ModalityDropoutTests {
    private let toy: TrainingToy
    private let folder: Folder

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      try folder.write(
        "mixed.csv",
        "face0 sound0.wav 0\n- sound1.wav 1\nface2 - 2\nface3 sound3.wav 0\n- sound4.wav 1\nface5 sound5.wav 2\n")
    }

    private func finetune(_ run: String, _ options: [String], list: String = "mixed.csv") throws -> Command {
      try Command.run(
        ["finetune"]
          + toy.arguments(run, TrainingToy.sizes + TrainingToy.labels + ["--epochs", "1"] + options, list: list))
    }

    @Test func answersFromEitherModality() throws {
      let options = ["--modality-dropout", "0.3", "--frame-dropout", "0.5", "--val", folder / "mixed.csv"]
      let run = try finetune("mixed", options)
      #expect(run.status == 0, "\(run.err)")
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      #expect(summary["broken_clips"]?.int == 0 && summary["validation"]?["clips"]?.int == 6)
      let config = try JSONValue(parsing: String(contentsOfFile: folder / "mixed/last/config.json", encoding: .utf8))
      #expect(config["sizes"]?["absent_tokens"]?.bool == true)
      let settings = try JSONValue(parsing: String(contentsOfFile: folder / "mixed/config.json", encoding: .utf8))
      #expect(settings["optimisation"]?["modality_dropout"]?.double == 0.3)
      #expect(settings["augmentation"]?["frame_dropout"]?.double == 0.5)
      #expect(settings["model"]?["backbone"]?["absent_tokens"]?.bool == true)

      let eval = try Command.run(["eval", "--model", folder / "mixed/last", "--data", folder / "mixed.csv"])
      #expect(eval.status == 0, "\(eval.err)")
      let report = try JSONValue(parsing: try #require(eval.lines.first))
      #expect(report["evaluated"]?.int == 6 && report["skipped"]?.int == 0, "\(eval.out)")
      #expect(report["uar"]?.double == summary["validation"]?["uar"]?.double)

      let replay = try Command.run([
        "replay", "--model", folder / "mixed/last", folder / "sound5.wav", "--speech-gate", "off",
      ])
      let results = try replay.lines.map { try JSONValue(parsing: $0) }.filter {
        $0["type"]?.string == "emotion.result"
      }
      let first = try #require(results.first, "\(replay.err)")
      #expect(first["emotions"]?["calm"]?.double != nil, "\(replay.out)")
      #expect(first["modalities"]?["video"]?["used"]?.bool == false)

      // The run knows its settings again, and other ones are refused.
      let again = try finetune("mixed", options + ["--resume"])
      #expect(again.status == 0 && again.out.contains("finished_before"), "\(again.err)\(again.out)")
      let other = try finetune("mixed", ["--modality-dropout", "0.2"] + options.dropFirst(2) + ["--resume"])
      #expect(
        other.status == 64 && other.err.contains("optimisation.modality_dropout: was 0.3, is 0.2"), "\(other.err)")

      // A training that begins with it takes its head with what stands for absent modalities, or without.
      for more in [["--modality-dropout", "0"], []] {
        let next = try Command.run(
          ["finetune"]
            + toy.arguments("next\(more.count)", ["--from", folder / "mixed/last", "--steps", "1", "--lr", "0"] + more))
        #expect(next.status == 0, "\(next.err)")
        let config = try JSONValue(
          parsing: String(contentsOfFile: folder / "next\(more.count)/last/config.json", encoding: .utf8))
        #expect(config["sizes"]?["absent_tokens"]?.bool == (more.isEmpty ? nil : true))
      }
      #expect(try toy.same("mixed/last/model.safetensors", "next2/last/model.safetensors"))
    }

    /// What cannot be is said, and nothing is made.
    @Test func refusesWhatThereIsNoUseFor() throws {
      for (options, words) in [
        (["--modality-dropout", "0.6"], "--modality-dropout must be from 0 to 0.5"),
        (["--slice", "0"], "--slice must be 1 or more"),
        (["--frame-dropout", "1.5"], "--frame-dropout must be from 0 to 1"),
        (["--frame-dropout", "0.5", "--no-augment"], "--no-augment switches --frame-dropout off"),
        (["--modality-dropout", "0.3", "--modalities", "a"], "a model of 'a' has no modality to spare"),
      ] {
        let run = try finetune("no", options, list: "list.csv")
        #expect(run.status == 64 && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
      }
      let other = try Command.run(
        ["finetune"]
          + toy.arguments(
            "no", TrainingToy.labels + ["--size", "vavl-light", "--modality-dropout", "0.3", "--steps", "1"]))
      #expect(
        other.status == 64 && other.err.contains("VAVL has nothing that stands for an absent modality"), "\(other.err)")
      let needs = try finetune("no", [])
      #expect(needs.status == 65 && needs.err.contains("mixed.csv: 2 of 6 clips have no picture"), "\(needs.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }
  }
}
