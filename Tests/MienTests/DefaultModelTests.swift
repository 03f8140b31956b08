import Foundation
import TestSupport
import Testing

extension MienTests {
  /// The model that comes with the package, where it has been made, and what is said about it.
  @Suite(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.defaultModel + "/config.json")))
  struct DefaultModelTests {
    private func json(_ path: String) throws -> JSONValue {
      try JSONValue(parsing: String(contentsOf: Fixtures.root.appending(path: path), encoding: .utf8))
    }

    @Test func cardFiguresAndCalibrationAreOfTheseWeights() throws {
      let info = try Command.run("model", "info", Fixtures.defaultModel, "--verify", "--json")
      #expect(info.status == 0, "\(info.err)")
      let model = try JSONValue(parsing: info.out)
      let sha256 = try #require(model["weights"]?["sha256"]?.string)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.defaultModel + "/model.safetensors")).count
      #expect(bytes < 8_000_000 && model["id"]?.string == "nano")
      #expect(model["note"]?.string?.contains("drawn actors") == true)

      let figures = try json("docs/results/actors/nano.json")
      #expect(figures["sha256"]?.string == sha256)
      let calibration = try json("calibration/models/\(sha256).json")
      #expect(calibration["sha256"]?.string == sha256)
      let temperatures = [calibration, figures].map { $0["calibration"]?["temperature"]?.double }
      #expect(temperatures[0] != nil && temperatures[0] == temperatures[1])

      let card = try String(contentsOfFile: Fixtures.defaultModel + "/README.md", encoding: .utf8)
      #expect(card.contains(sha256) && card.contains("## Not for"))
      for form in ["frames", "movies"] {
        for key in ["uar", "war"] {
          let value = try #require(figures["test"]?[form]?[key]?.double)
          #expect(card.contains(String(format: "%.1f", 100 * value)), "\(form) \(key)")
        }
      }
    }

    /// What `make demo` shows, and what it says before.
    @Test func theRightEmotionLeadsInMostWindows() throws {
      var (right, all) = (0, 0)
      for name in ["actor-1", "actor-2", "actor-3"] {
        let session = Fixtures.root.appending(path: "recordings/\(name)").path
        let run = try Command.run("replay", session, "--truth", session + "/truth.tsv")
        #expect(run.status == 0, "\(run.err)")
        // It says what it knows and how to get another; the same stands in the stream.
        let note = try #require(run.errorLines.first { $0.contains("drawn actors") })
        #expect(note.contains("mien model import") && run.err.contains("calibrated, temperature"))
        let header = try JSONValue(parsing: try #require(run.lines.first))
        #expect(header["model"]?["note"]?.string?.contains("drawn actors") == true)
        let words = try #require(run.errorLines.first { $0.contains("the right emotion leads in") }).split(
          separator: " ")
        let place = try #require(words.firstIndex(of: "in"))
        right += try #require(Int(words[place + 1]))
        all += try #require(Int(words[place + 3]))
      }
      #expect(all > 20 && 2 * right > all, "\(right) of \(all)")
    }
  }
}
