import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `mien calibrate model` of a model with several heads: each has a temperature of its own.
  @Suite struct CalibrateHeadsTests {
    @Test func eachHeadHasItsOwnTemperature() throws {
      let toy = try TrainingToy()
      let folder = toy.folder
      let trained = try Command.run(
        ["finetune"]
          + toy.arguments(
            "run",
            TrainingToy.sizes + TrainingToy.labels + ["--steps", "1", "--no-augment", "--modality-dropout", "0.5"]))
      #expect(trained.status == 0, "\(trained.err)")
      let model = folder / "run/last"
      func mien(_ arguments: String...) throws -> Command {
        try Command.run(arguments, environment: ["MIEN_CALIBRATION": folder / "calibration"])
      }
      // Clips of sound alone that are always read rightly: the head that hears may be surer, and no other head looks at them.
      let heard = try mien(
        "eval", "--model", model, "--data", folder / "list.csv", "--senses", "a", "-o", folder / "p.jsonl")
      #expect(heard.status == 0, "\(heard.err)")
      let answers = try String(contentsOfFile: folder / "p.jsonl", encoding: .utf8).split(separator: "\n").map {
        try JSONValue(parsing: String($0))
      }
      let lines = try answers.enumerated().map { number, answer in
        let probabilities = try #require(answer["probabilities"])
        let top = probabilities.keys.max { probabilities[$0]?.double ?? 0 < probabilities[$1]?.double ?? 0 }
        return "- sound\(number).wav \(try #require(top))\n"
      }
      try folder.write("heard.csv", lines.joined())
      let made = try mien("calibrate", "model", "--model", model, "--data", folder / "list.csv", folder / "heard.csv")
      #expect(made.status == 0 && made.err.contains("only 24 windows for the head audio"), "\(made.err)")
      let report = try JSONValue(parsing: try #require(made.lines.first))
      let calibration = try #require(report["calibration"])
      let heads = try #require(calibration["heads"])
      #expect(heads.keys == ["audio", "both", "video"])
      #expect(heads["video"]?["windows"]?.int == 12 && calibration["windows"]?.int == 48)
      let (audio, video) = (
        heads["audio"]?["temperature"]?.double ?? .nan, heads["video"]?["temperature"]?.double ?? .nan
      )
      #expect(audio < 0.9 * video, "\(audio), \(video)")

      for (senses, name) in [("a", "audio"), ("v", "video"), ("av", "both")] {
        let run = try mien(
          "eval", "--model", model, "--data", folder / "list.csv", "--senses", senses, "-o", folder / "p.jsonl")
        #expect(run.status == 0 && run.err.contains("(audio "), "\(run.err)")
        let temperature = try #require(heads[name]?["temperature"]?.double)
        let text = try String(contentsOfFile: folder / "p.jsonl", encoding: .utf8)
        let line = try JSONValue(parsing: try #require(text.split(separator: "\n").first.map(String.init)))
        #expect(try Fixtures.worst(line, temperature: temperature) < 1e-6, "\(senses)")
      }
      let stream = try mien("replay", Fixtures.demo, "--model", model, "--hop", "5")
      let header = try JSONValue(parsing: try #require(stream.lines.first))
      #expect(header["model"]?["calibration"]?["heads"] == heads)
      #expect(try Fixtures.schema().problems(header) == [])
    }
  }
}
