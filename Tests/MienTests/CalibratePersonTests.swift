import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `mien calibrate person`, and `--baseline` with what it made.
  @Suite struct CalibratePersonTests {
    private let folder: Folder
    private let model: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
    }

    private func mien(_ arguments: String...) throws -> Command {
      try Command.run(arguments, environment: ["MIEN_CALIBRATION": folder / "calibration"])
    }

    private var written: [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: folder / "calibration" + "/people")) ?? []
    }

    private var session: String { Fixtures.root.appending(path: "recordings/actor-1").path }

    private func results(_ run: Command) throws -> [JSONValue] {
      let schema = try Fixtures.schema()
      let lines = try run.lines.map { try JSONValue(parsing: $0) }
      for line in lines { #expect(schema.problems(line) == []) }
      return lines.filter { $0["type"]?.string == "emotion.result" }
    }

    @Test func whatItKeepsIsAppliedAndSaid() throws {
      let made = try mien("calibrate", "person", session, "--model", model, "--name", "anna", "--seconds", "15")
      #expect(made.status == 0 && written == ["anna.json"], "\(made.err)")
      let report = try JSONValue(parsing: try #require(made.lines.first))
      let file = try #require(report["file"]?.string)
      let seconds = try #require(report["heads"]?["emotion"]?["seconds"]?.double)
      #expect((5.0...15).contains(seconds) && made.err.contains(file))

      let plain = try results(mien("replay", session, "--model", model, "--hop", "2"))
      let run = try mien("replay", session, "--model", model, "--hop", "2", "--baseline", file)
      let header = try JSONValue(parsing: try #require(run.lines.first))
      #expect(header["baseline"]?["kind"]?.string == "file" && header["baseline"]?["file"]?.string == file)
      #expect(run.status == 0 && run.err.contains("applied to everybody"), "\(run.err)")
      let corrected = try results(run)
      #expect(corrected.count == plain.count && !plain.isEmpty)
      for (line, old) in zip(corrected, plain) {
        #expect(line["raw"] == old["emotions"] && old["raw"] == nil && old["baseline_share"] == nil)
        if line["top"]?.isNull == false {
          #expect(abs((line["baseline_share"]?.double ?? 0) - seconds / (seconds + 10)) < 1e-4)
          #expect(line["emotions"] != old["emotions"])
        }
      }
      let auto = try results(mien("replay", session, "--model", model, "--hop", "2", "--baseline", "auto"))
      #expect(auto.map { $0["raw"] } == plain.map { $0["emotions"] })

      let other = try Folder()
      let stranger = try Fixtures.model(in: other, labels: "anger,neutral,joy", outputs: 3)
      let refused = try mien("replay", session, "--model", stranger, "--baseline", file)
      #expect(refused.status == 65 && refused.out.isEmpty, "\(refused)")
      #expect(refused.err.contains(file) && refused.err.contains("another model"), "\(refused.err)")
      #expect(refused.err.contains("mien calibrate person"), "\(refused.err)")
    }

    @Test func tooLittleIsRefusedWithHowMuchThereWas() throws {
      let quiet = try folder.write("quiet.wav", Fixtures.sound(seconds: 8))
      let run = try mien("calibrate", "person", quiet, "--model", model)
      #expect(run.status == 65 && run.err.contains("s of a voice") && written.isEmpty, "\(run.err)")
      #expect(run.err.contains("at least 5.0 s") && run.err.contains("nothing was written"), "\(run.err)")
    }

    @Test func aModelWithoutNeutralIsRefusedWithItsLabels() throws {
      let other = try Folder()
      let model = try Fixtures.model(in: other, labels: "anger,calm,joy", outputs: 3)
      for arguments in [["calibrate", "person", session], ["replay", session, "--baseline", "auto"]] {
        let run = try Command.run(arguments + ["--model", model])
        #expect(run.status == 64 && run.out.isEmpty && run.err.contains("anger, calm, joy"), "\(run)")
      }
    }
  }
}
