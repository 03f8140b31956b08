import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `mien model export`: smaller, named, with a word on what the model knows.
  @Suite struct ModelExportTests {
    private let folder: Folder
    private let model: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
    }

    private func export(_ options: String..., to name: String = "small") throws -> Command {
      try Command.run(["model", "export", model, "-o", folder / name] + options)
    }

    private func size(_ model: String) throws -> Int {
      try Data(contentsOf: URL(fileURLWithPath: model + "/model.safetensors")).count
    }

    @Test func anExportAsItIsHasTheSameWeights() throws {
      let made = try export()
      #expect(made.status == 0 && made.out.isEmpty, "\(made.err)")
      let weights = try [model, folder / "small"].map {
        try Data(contentsOf: URL(fileURLWithPath: $0 + "/model.safetensors"))
      }
      #expect(weights[0] == weights[1])
    }

    @Test func halfTheBytesAnswerNearlyTheSameAndTheNoteIsSaid() throws {
      let made = try export("--weights", "bf16", "--note", "Knows nobody.", "--license", "CC-BY-4.0", "--id", "half")
      #expect(made.status == 0, "\(made.err)")
      #expect(Double(try size(folder / "small")) < 0.55 * Double(try size(model)))
      let verified = try Command.run("model", "info", folder / "small", "--verify", "--json")
      let info = try JSONValue(parsing: verified.out)
      #expect(verified.status == 0 && info["note"]?.string == "Knows nobody." && info["id"]?.string == "half")
      #expect(info["license"]?.string == "CC-BY-4.0")
      #expect(try Command.run("model", "info", folder / "small").out.contains("license     CC-BY-4.0\n"))
      let whole = try JSONValue(parsing: try Command.run("model", "info", model, "--json").out)
      #expect(info["source"]?["sha256"] == whole["weights"]?["sha256"])
      var answers: [[JSONValue]] = []
      for path in [model, folder / "small"] {
        let run = try Command.run("replay", Fixtures.demo, "--model", path, "--hop", "2")
        #expect(run.status == 0 && run.err.contains("half: Knows nobody.") == (path != model), "\(run.err)")
        answers.append(try run.lines.map { try JSONValue(parsing: $0) })
      }
      #expect(
        answers[1][0]["model"]?["note"]?.string == "Knows nobody." && answers[0][0]["model"]?["note"]?.isNull == true)
      #expect(Fixtures.different(answers[0], answers[1]) > 0)
      #expect(Fixtures.different(answers[0], answers[1]) < 0.02)
    }

    @Test func whatIsThereStays() throws {
      #expect(try export().status == 0)
      let again = try export("--weights", "bf16")
      #expect(again.status == 73 && again.err.contains("--force"), "\(again.err)")
      #expect(try size(folder / "small") == size(model))
      #expect(try export("--weights", "bf16", "--force").status == 0)
      #expect(try size(folder / "small") < size(model))
      let none = try Command.run("model", "export", folder / "nothing", "-o", folder / "x")
      #expect(none.status == 66 && none.err.contains("no such model folder"), "\(none.err)")
      #expect(folder.names.filter { $0.contains(".tmp") || $0.contains(".old") || $0 == "x" } == [])
    }
  }
}

extension Fixtures {
  /// The largest difference between the probabilities of two streams of the same windows.
  fileprivate static func different(_ a: [JSONValue], _ b: [JSONValue]) -> Double {
    zip(a, b).flatMap { first, second -> [Double] in
      guard let left = first["emotions"], let right = second["emotions"], !left.isNull, !right.isNull else { return [] }
      return left.keys.map { ((left[$0]?.double ?? .nan) - (right[$0]?.double ?? .nan)).magnitude }
    }.max() ?? .nan
  }
}
