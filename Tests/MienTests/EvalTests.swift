import Foundation
import TestSupport
import Testing

extension MienTests {
  @Suite struct EvalTests {
    private let folder: Folder
    private let model: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
      _ = try Fixtures.pictures(100, in: folder)
      try folder.write("speech one.wav", Fixtures.sound(seconds: 4))
    }

    private func eval(_ list: String, _ options: String...) throws -> (
      run: Command, metrics: JSONValue?, lines: [JSONValue]
    ) {
      let path = try folder.write("list.csv", list)
      let run = try Command.run(["eval", "--model", model, "--data", path, "-o", folder / "p.jsonl"] + options)
      let text = (try? String(contentsOfFile: folder / "p.jsonl", encoding: .utf8)) ?? ""
      return (
        run, try run.lines.first.map { try JSONValue(parsing: $0) },
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      )
    }

    @Test func clipsWithoutASenseAreSkipped() throws {
      let (run, metrics, lines) = try eval(
        """
        # video audio label
        faces "speech one.wav" 2
        faces - 1
        - "speech one.wav" 0
        """)
      #expect(run.status == 0 && run.errorLines.count == 1, "\(run.err)")
      #expect(run.err.contains("list.csv: 2 of 3 clips skipped"), "\(run.err)")
      #expect(metrics?["evaluated"]?.int == 1 && metrics?["skipped"]?.int == 2 && metrics?["failed"]?.int == 0)
      #expect(lines.map { $0["label"]?.int } == [2, 1, 0])
      #expect(lines.map { $0["probabilities"]?.isNull } == [false, true, true])
      #expect(lines.map { $0["audio"]?.string } == ["speech one.wav", nil, "speech one.wav"])
      #expect(lines[0]["views"]?.elements?.count == 2)
      let sum = lines[0]["probabilities"]?.keys.compactMap { lines[0]["probabilities"]?[$0]?.double }.reduce(0, +)
      #expect((try #require(sum) - 1).magnitude < 1e-5)
    }

    /// Figures of a model that computes less say so.
    @Test func lessWorkIsSaid() throws {
      let list = "faces \"speech one.wav\" 2\n"
      #expect(try eval(list).metrics?["model"]?["economy"]?.isNull == true)
      let less = try eval(list, "--video-tokens", "0.5").metrics?["model"]?["economy"]
      #expect(less?["video_tokens"]?.double == 0.5, "\(String(describing: less))")
    }

    /// No answer at all is no success.
    @Test func nothingEvaluatedIsBadData() throws {
      let (run, metrics, _) = try eval("faces - 1\n- \"speech one.wav\" 0\n")
      #expect(run.status == 65 && run.errorLines.count == 1, "\(run.err)")
      #expect(run.errorLines.last?.contains("list.csv: none of the clips has a face and sound") == true, "\(run.err)")
      #expect(metrics?["evaluated"]?.int == 0 && metrics?["skipped"]?.int == 2)
    }

    @Test func aMissingClipIsNamedAndTheRestEvaluated() throws {
      let (run, metrics, lines) = try eval("gone \"speech one.wav\" 1\nfaces \"speech one.wav\" 2\nfaces gone.wav 3\n")
      #expect(run.status == 65)
      #expect(
        run.errorLines.count == 3 && run.errorLines[0].contains("list.csv:1") && run.errorLines[0].contains("/gone"))
      #expect(run.errorLines[1].contains("gone.wav") && run.errorLines[2].contains("2 of 3"))
      #expect(metrics?["evaluated"]?.int == 1 && metrics?["failed"]?.int == 2 && metrics?["clips"]?.int == 3)
      #expect(
        lines.count == 3 && lines[0]["probabilities"]?.isNull == true && lines[1]["probabilities"]?.isNull == false)
    }

    @Test func predictionsReplaceNothingThatIsRead() throws {
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 1))
      let list = try folder.write("list.csv", "- clip.wav 1\n")
      for output in [clip, model + "/model.safetensors"] {
        let before = try Data(contentsOf: URL(fileURLWithPath: output))
        let run = try Command.run("eval", "--model", model, "--data", list, "-o", output)
        #expect(run.status == 64 && run.err.contains("would overwrite"), "\(run.err)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == before)
      }
    }

    /// A reader who has gone before the figures come does not hide it, and the predictions get their name.
    @Test func aReaderWhoLeavesHidesNoFailure() throws {
      let list = try folder.write("list.csv", "gone - 1\n")
      let run = try Command.run(
        ["eval", "--model", model, "--data", list, "-o", folder / "p.jsonl"], readingOnly: 0)
      #expect(run.status == 65 && run.err.contains("1 of 1"), "\(run.err)")
      #expect(folder.names.contains("p.jsonl") && !folder.names.contains("p.jsonl.partial"))
    }

    @Test func clipsThatAreCutShortAreNamedAndNotEvaluated() throws {
      try folder.write("cut.wav", Fixtures.sound(seconds: 4).prefix(44 + 4096 * 15))
      try Fixtures.recording(folder / "whole.avi", seconds: 3, side: 64)
      let recording = try Data(contentsOf: URL(fileURLWithPath: folder / "whole.avi"))
      try folder.write("cut.avi", recording.prefix(recording.count / 2))
      let (run, metrics, _) = try eval(
        "faces cut.wav 1\nfaces \"speech one.wav\" 2\ncut.avi \"speech one.wav\" 3\n")
      #expect(run.status == 65)
      #expect(run.errorLines.count == 3 && run.errorLines[0].contains("cut.wav"), "\(run.err)")
      #expect(run.errorLines[1].contains("cut.avi") && run.errorLines[1].contains("truncated"), "\(run.err)")
      #expect(metrics?["evaluated"]?.int == 1 && metrics?["failed"]?.int == 2)
    }

    /// A picture in which nobody is lacks a modality; one that cannot be read is a failure.
    @Test func aClipWithoutAFaceIsSkipped() throws {
      try Fixtures.recording(folder / "nobody.avi", seconds: 3, side: 64)
      try folder.write("broken.avi", "RIFF and nothing that would follow it")
      let (run, metrics, lines) = try eval("nobody.avi \"speech one.wav\" 1\nfaces \"speech one.wav\" 2\n")
      #expect(run.status == 0 && run.err.contains("list.csv: 1 of 2 clips skipped"), "\(run.err)")
      #expect(metrics?["evaluated"]?.int == 1 && metrics?["skipped"]?.int == 1 && metrics?["failed"]?.int == 0)
      #expect(lines.first?["probabilities"]?.isNull == true && lines.first?["reason"]?.string == "no face")
      let broken = try eval("nobody.avi \"speech one.wav\" 1\nbroken.avi \"speech one.wav\" 2\n")
      #expect(broken.run.status == 65 && broken.run.err.contains("broken.avi"))
      #expect(broken.metrics?["skipped"]?.int == 1 && broken.metrics?["failed"]?.int == 1)
    }

    @Test(arguments: [
      "faces x", "faces \"speech one.wav\" 6", "faces \"speech one.wav\" happy", "\"faces", "", "- - 0",
    ])
    func aBrokenListIsRefusedBeforeAnythingIsWritten(list: String) throws {
      let (run, _, _) = try eval(list)
      #expect(run.status == 65 && run.errorLines.count == 1 && run.err.contains("list.csv") && run.out.isEmpty)
      #expect(!folder.names.contains { $0.hasPrefix("p.jsonl") })
    }

    @Test func aMissingListIs66() throws {
      let run = try Command.run("eval", "--model", model, "--data", folder / "no.csv")
      #expect(run.status == 66 && run.errorLines.count == 1 && run.err.contains("no.csv"))
    }

    @Test func resultsDoNotDependOnThreads() throws {
      let list = "faces \"speech one.wav\" 2\n"
      let one = try eval(list, "--threads", "1")
      #expect(try eval(list, "--threads", "2").lines == one.lines && one.run.status == 0)
    }
  }
}
