import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `mien calibrate model`, and what every command makes of it.
  @Suite struct CalibrateTests {
    private let folder: Folder
    private let model: String
    private let list: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
      _ = try Fixtures.pictures(40, in: folder)
      for i in 0..<6 { try folder.write("\(i).wav", Fixtures.sound(seconds: 1.6 + 0.2 * Double(i))) }
      list = try folder.write("val.csv", (0..<6).map { "faces \($0).wav \($0)\n" }.joined())
    }

    private func mien(_ arguments: String..., calibrations: String? = nil) throws -> Command {
      try Command.run(arguments, environment: ["MIEN_CALIBRATION": calibrations ?? folder / "calibration"])
    }

    private func evaluated(_ options: String..., calibrations: String? = nil) throws -> (Command, JSONValue, String) {
      let run = try Command.run(
        ["eval", "--model", model, "--data", list, "-o", folder / "p.jsonl"] + options,
        environment: ["MIEN_CALIBRATION": calibrations ?? folder / "calibration"])
      return (
        run, try JSONValue(parsing: try #require(run.lines.first)),
        try String(contentsOfFile: folder / "p.jsonl", encoding: .utf8)
      )
    }

    @Test func isFoundByTheWeightsAndAppliedAndSaid() throws {
      let (_, before, plain) = try evaluated()
      #expect(before["model"]?["calibration"]?.isNull == true && before["nll"]?.double != nil)
      let made = try mien("calibrate", "model", "--model", model, "--data", list)
      #expect(made.status == 0, "\(made.err)")
      let report = try JSONValue(parsing: try #require(made.lines.first))
      let temperature = try #require(report["calibration"]?["temperature"]?.double)
      let file = try #require(report["file"]?.string)
      let sha256 = try #require(report["model"]?["sha256"]?.string)
      #expect(file == folder / "calibration" + "/models/\(sha256).json" && made.err.contains(file))
      #expect(report["calibration"]?["windows"]?.int == 12 && made.err.contains("only 12 windows"))
      let nll = ["before", "after"].map { report["calibration"]?[$0]?["nll"]?.double ?? .nan }
      #expect(nll[1] <= nll[0] && (temperature - 1).magnitude > 1e-3)

      let (run, after, calibrated) = try evaluated()
      #expect(run.err.contains("calibrated, temperature") && run.err.contains(file), "\(run.err)")
      #expect(after["model"]?["calibration"]?["temperature"]?.double == temperature)
      #expect(after["confusion"]?["labels"] == before["confusion"]?["labels"] && after["war"] == before["war"])
      // Probabilities by the definition, from the logits that stand beside them.
      let line = try JSONValue(parsing: try #require(calibrated.split(separator: "\n").first.map(String.init)))
      #expect(try Fixtures.worst(line, temperature: temperature) < 1e-6)
      #expect(calibrated != plain)
      let (without, _, same) = try evaluated("--no-calibration")
      #expect(same == plain && !without.err.contains("calibrated"))

      let stream = try mien("replay", Fixtures.demo, "--model", model, "--hop", "5")
      #expect(stream.err.contains("calibrated, temperature"))
      let header = try JSONValue(parsing: try #require(stream.lines.first))
      #expect(header["model"]?["calibration"]?["temperature"]?.double == temperature)
      let schema = try Fixtures.schema()
      for text in stream.lines { #expect(schema.problems(try JSONValue(parsing: text)) == []) }
    }

    @Test func aBrokenClipOrWrongModelWritesNothing() throws {
      let gone = try folder.write("gone.csv", "faces 0.wav 0\nfaces gone.wav 1\n")
      let broken = try mien("calibrate", "model", "--model", model, "--data", gone)
      #expect(broken.status == 65 && broken.err.contains("gone.csv:2") && broken.err.contains("nothing was written"))
      let silent = try folder.write("silent.csv", "faces - 0\n")
      let none = try mien("calibrate", "model", "--model", model, "--data", silent)
      #expect(none.status == 65 && none.err.contains("answers no clip"), "\(none.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "calibration"))
      let other = try Folder()
      let values = try Fixtures.model(in: other, labels: "valence,arousal", outputs: 2, task: "regression")
      let numbers = try folder.write("numbers.csv", "faces 0.wav 0.5 0.5\n")
      let regression = try mien("calibrate", "model", "--model", values, "--data", numbers)
      #expect(regression.status == 64 && regression.err.contains("is a regression"), "\(regression.err)")
    }

    @Test func aBrokenCalibrationIsNamed() throws {
      _ = try mien("calibrate", "model", "--model", model, "--data", list)
      let models = folder / "calibration" + "/models"
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: models).first)
      try Data("{}".utf8).write(to: URL(fileURLWithPath: models + "/" + name))
      let run = try mien("eval", "--model", model, "--data", list)
      #expect(run.status == 65 && run.err.contains(name) && run.err.contains("--no-calibration"), "\(run.err)")
    }
  }
}

extension Fixtures {
  /// The largest difference between a clip's probabilities and those that its logits give, by the definition, under a temperature.
  static func worst(_ line: JSONValue, temperature: Double) throws -> Double {
    let probabilities = try #require(line["probabilities"])
    let views = try #require(line["views"]?.elements).map { view in
      probabilities.keys.map { exp((view["logits"]?[$0]?.double ?? .nan) / temperature) }
    }
    let differences = try probabilities.keys.enumerated().map { i, key in
      let wanted = views.reduce(0) { $0 + $1[i] / $1.reduce(0, +) } / Double(views.count)
      return (try #require(probabilities[key]?.double) - wanted).magnitude
    }
    // What is no number is as wrong as can be.
    return differences.contains(where: \.isNaN) ? .infinity : try #require(differences.max())
  }
}
