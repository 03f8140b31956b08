import Foundation
import TestSupport
import Testing

extension MienTests {
  /// One model with heads of classes and of attributes, from the list to the line.
  @Suite struct BothTasksCommandTests {
    private let toy: TrainingToy
    private let folder: Folder
    private static let names = ["--labels", "calm,angry,glad", "--attributes", "valence,arousal"]

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      try folder.write(
        "both.csv",
        "face0 sound0.wav calm valence=0.1 arousal=-0.5\n- sound1.wav angry:3,calm:1 valence=-0.8 arousal=0.9\n"
          + "face2 - glad\nface3 sound3.wav arousal=0.2 valence=0.4\n- sound4.wav 1\nface5 - calm:1,glad:1\n")
    }

    private func train(
      _ run: String, _ options: [String], list: String = "both.csv", from: [String] = ["--size", "vavl-light"]
    ) throws -> Command {
      try Command.run(
        ["finetune"] + toy.arguments(run, from + ["--epochs", "1", "--no-augment"] + options, list: list))
    }

    @Test func oneModelAnswersBothFromTheListToTheLine() throws {
      let options = Self.names + ["--class-weights", "balanced", "--val", folder / "both.csv"]
      let run = try train("run", options)
      #expect(run.status == 0, "\(run.err)")
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      let found = try #require(summary["validation"])
      #expect(found["uar"]?.double != nil && found["ccc"]?.elements?.count == 2 && found["undecided"]?.int == 1)
      #expect(run.err.contains("UAR") && run.err.contains("CCC"), "\(run.err)")
      let settings = try JSONValue(parsing: String(contentsOfFile: folder / "run/config.json", encoding: .utf8))
      #expect(settings["attributes"]?.elements?.map(\.string) == ["valence", "arousal"])
      #expect(settings["objective"]?["attribute_loss"]?.string == "ccc")
      let page = try String(contentsOfFile: folder / "run/report.html", encoding: .utf8)
      #expect(page.contains("Agreement of each attribute") && page.contains(">valence<"))
      let again = try train("run", options + ["--resume"])
      #expect(again.status == 0 && again.out.contains("finished_before"), "\(again.err)")

      // The model says what it answers, also where it was exported.
      let model = folder / "model"
      #expect(try Command.run("model", "export", folder / "run", "-o", model).status == 0)
      let info = try Command.run("model", "info", model)
      #expect(info.out.contains("labels      calm, angry, glad\nattributes  valence, arousal\n"), "\(info.out)")

      let eval = try Command.run("eval", "--model", model, "--data", folder / "both.csv", "-o", folder / "lines.jsonl")
      #expect(eval.status == 0, "\(eval.err)")
      let report = try JSONValue(parsing: try #require(eval.lines.first))
      #expect(report["task"]?.string == "classification" && report["undecided"]?.int == 1)
      for name in ["uar", "war"] { #expect(report[name]?.double == found[name]?.double, "\(name)") }
      for (place, name) in ["valence", "arousal"].enumerated() {
        // Packed weights have batch normalisation folded in, which moves the last digits.
        let (agreement, seen) = (report["ccc"]?[name]?.double ?? 9, found["ccc"]?.elements?[place].double ?? -9)
        #expect(abs(agreement - seen) < 1e-5, "\(name)")
      }
      let lines = try String(contentsOfFile: folder / "lines.jsonl", encoding: .utf8).split(separator: "\n").map {
        try JSONValue(parsing: String($0))
      }
      #expect(lines[0]["label"]?.int == 0 && lines[0]["label_attributes"]?["arousal"]?.double == -0.5)
      #expect(lines[1]["label"]?["angry"]?.double == 0.75 && lines[2]["label_attributes"]?.isNull == true)
      #expect(lines[3]["label"]?.isNull == true && lines[3]["attributes"]?["valence"]?.double != nil)

      // A config that names other attributes than the model has is refused.
      try FileManager.default.copyItem(atPath: model, toPath: folder / "broken")
      let text = try String(contentsOfFile: folder / "broken/config.json", encoding: .utf8)
      try folder.write("broken/config.json", text.replacingOccurrences(of: "\"valence\",", with: ""))
      let broken = try Command.run("model", "info", folder / "broken")
      #expect(broken.status == 65 && broken.err.contains("'attributes' has 1 names, but"), "\(broken.err)")

      // A temperature is of the classes alone.
      let calibrate = try Command.run(
        "calibrate", "model", "--model", model, "--data", folder / "both.csv", "-o", folder / "calibration")
      #expect(calibrate.status == 0, "\(calibrate.err)")
    }

    @Test func aLineOfTheStreamHasBoth() throws {
      #expect(try train("run", Self.names).status == 0)
      // The sound is a tone, in which nobody speaks.
      let options = ["--model", folder / "run", folder / "sound5.wav", "--no-calibration", "--speech-gate", "off"]
      let replay = try Command.run(["replay"] + options)
      #expect(replay.status == 0, "\(replay.err)")
      let lines = try replay.lines.map { try JSONValue(parsing: $0) }
      #expect(lines[0]["model"]?["attributes"]?.elements?.map(\.string) == ["valence", "arousal"])
      let line = try #require(lines.first { $0["type"]?.string == "emotion.result" })
      #expect(
        line["emotions"]?.keys == ["calm", "angry", "glad"] && line["attributes"]?.keys == ["valence", "arousal"])
      #expect(line["attributes"]?["valence"]?.double != nil && line["head"]?.string == "a")
      let csv = try Command.run(["replay"] + options + ["--format", "csv"])
      #expect(csv.lines[0].hasSuffix(",top,head,calm,angry,glad,valence,arousal"), "\(csv.out)")
      #expect(csv.lines[1].split(separator: ",").last.flatMap { Double($0) } == line["attributes"]?["arousal"]?.double)
      // The switch is one setting: the same list and weights for classes, or for attributes alone.
      try folder.write(
        "rated.csv",
        "face0 sound0.wav 0 valence=0.1 arousal=0.5\nface3 sound3.wav 1 valence=1 arousal=1\nface4 sound4.wav 2\n")
      for (name, options, task) in [
        ("classes", Array(Self.names[..<2]), "classification"),
        ("values", Array(Self.names[2...]) + ["--leave-out-unknown"], "regression"),
      ] {
        let run = try train(name, options, list: "rated.csv", from: ["--from", folder / "run"])
        #expect(run.status == 0, "\(run.err)")
        let config = try JSONValue(
          parsing: String(contentsOfFile: folder / "\(name)/last/config.json", encoding: .utf8))
        #expect(config["task"]?.string == task && config["attributes"] == nil)
      }
    }

    /// What a face does: from the list to the line. A clip without a picture has such a label in vain.
    @Test func actionsOfAFace() throws {
      try folder.write(
        "acts.csv",
        "face0 sound0.wav calm jawOpen=0.1 browInnerUp=0.5\n- sound1.wav angry jawOpen=0.8 browInnerUp=0.9\n"
          + "face2 - glad jawOpen=0.7 browInnerUp=0\nface3 sound3.wav calm\n- sound4.wav 1\nface5 - 2\n")
      let options = [
        "--labels", "calm,angry,glad", "--attributes", "jawOpen,browInnerUp", "--with", "actions=true",
        "video.channels=4,8", "audio.channels=4", "width=32", "--slice", "3", "--val", folder / "acts.csv",
      ]
      let run = try train("run", options, list: "acts.csv")
      #expect(run.status == 0, "\(run.err)")
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      let found = try #require(summary["validation"])
      #expect(found["ccc"]?.elements?.count == 2 && found["clips"]?.int == 6)
      let config = try JSONValue(parsing: String(contentsOfFile: folder / "run/config.json", encoding: .utf8))
      #expect(config["optimisation"]?["slice"]?.int == 3, "\(config)")
      let other = try train("run", options.map { $0 == "3" ? "2" : $0 } + ["--resume"], list: "acts.csv")
      #expect(other.status == 64, "\(other.err)")

      let model = folder / "run"
      #expect(try Command.run("model", "info", model).out.contains("\nactions     jawOpen, browInnerUp\n"))
      let eval = try Command.run("eval", "--model", model, "--data", folder / "acts.csv")
      let report = try JSONValue(parsing: try #require(eval.lines.first, "\(eval.err)"))
      #expect(report["evaluated"]?.int == 6 && report["ccc"]?.keys == ["jawOpen", "browInnerUp"], "\(eval.out)")
      // The clip without a picture counts in neither.
      for (place, name) in ["jawOpen", "browInnerUp"].enumerated() {
        let (agreement, seen) = (report["ccc"]?[name]?.double ?? 9, found["ccc"]?.elements?[place].double ?? -9)
        #expect(abs(agreement - seen) < 1e-5, "\(name)")
      }
      let schema = try Fixtures.schema()
      for (clip, isSeen) in [("sound5.wav", false), ("face5", true)] {
        let replay = try Command.run([
          "replay", "--model", model, folder / clip, "--no-calibration", "--speech-gate", "off",
        ])
        #expect(replay.status == 0, "\(replay.err)")
        let lines = try replay.lines.map { try JSONValue(parsing: $0) }
        #expect(lines.allSatisfy { schema.problems($0) == [] })
        #expect(lines[0]["model"]?["actions"]?.elements?.map(\.string) == ["jawOpen", "browInnerUp"])
        let line = try #require(lines.first { $0["type"]?.string == "emotion.result" })
        #expect(line["emotions"]?.isNull == false && line["attributes"] == nil, "\(line)")
        #expect(line["actions"]?.isNull == !isSeen && line["head"]?.string == (isSeen ? "v" : "a"), "\(line)")
      }
    }

    @Test func whatCannotBeIsRefused() throws {
      let one = try Command.run(
        ["finetune"] + toy.arguments("no", TrainingToy.sizes + Self.names + ["--modalities", "a"], list: "both.csv"))
      #expect(one.status == 64 && one.err.contains("answers either classes or attributes"), "\(one.err)")
      let none = try train("no", Self.names, list: "list.csv")
      #expect(none.status == 65 && none.err.contains("no clip has valence, arousal"), "\(none.err)")
      try folder.write("half.csv", "face0 sound0.wav 0 valence=1\n")
      let half = try train("no", Self.names, list: "half.csv")
      #expect(half.status == 65 && half.err.contains("half.csv:1: valence without arousal"), "\(half.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }
  }
}
