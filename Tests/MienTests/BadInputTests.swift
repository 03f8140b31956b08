import Foundation
import TestSupport
import Testing

extension MienTests {
  /// Input that is wrong: one line that names the file, a status, and nothing that looks whole.
  @Suite struct BadInputTests {
    private let folder: Folder
    private let model: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
    }

    private func refused(_ path: String, status: Int32, says reason: String = "", options: String...) throws {
      let out = folder / "out.jsonl"
      let run = try Command.run(["replay", path, "--model", model, "-o", out] + options)
      #expect(run.status == status && run.errorLines.count == 1, "\(run)")
      #expect(run.err.hasPrefix("mien: \(path): ") && (reason.isEmpty || run.err.contains(reason)), "\(run.err)")
      #expect(run.out.isEmpty && !folder.names.contains { $0.hasPrefix("out.jsonl") })
    }

    @Test func whatIsNoRecordingIsRefused() throws {
      try refused(folder / "nothing.mp4", status: 66)
      try refused(try folder.write("empty.mp4", []), status: 65, says: "is empty")
      try refused(
        try folder.write("text.mp4", String(repeating: "Once upon a time there was a file.\n", count: 99)), status: 65,
        says: "not a media file")
      let noise = Hashed.bits("noise", count: 4096).map { UInt8($0 >> 56) }
      try refused(try folder.write("noise.mp4", noise), status: 65, says: "not a media file")
      // Only what begins as an mp4 can lack an mp4's index.
      let start = try Data(contentsOf: URL(fileURLWithPath: Fixtures.demo)).prefix(32)
      let unfinished = Array(start) + Fixtures.bytes(UInt32(1000).byteSwapped) + Array("mdat".utf8) + noise.prefix(500)
      try refused(try folder.write("unfinished.mp4", unfinished), status: 65, says: "the index (moov) is missing")
      try refused(try folder.write("cut.wav", Fixtures.sound(seconds: 1).prefix(30)), status: 65)
      try FileManager.default.createDirectory(atPath: folder / "void", withIntermediateDirectories: true)
      try refused(folder / "void", status: 65)
      _ = try folder.write("void/readme.txt", "no pictures")
      try refused(folder / "void", status: 65)
    }

    @Test func anEmptyStandardInputIsSaidToBeEmpty() throws {
      let run = try Command.run("replay", "-", "--model", model)
      #expect(run.status == 65 && run.errorLines.count == 1 && run.err.contains("standard input") && run.out.isEmpty)
      #expect(run.err.contains("it is empty"))
    }

    @Test func namesWithLineBreaksStayOnOneLine() throws {
      let run = try Command.run("replay", folder / "a\nb.mp4", "--model", model)
      #expect(run.status == 66 && run.errorLines.count == 1)
    }

    @Test func aTruncatedRecordingGivesWhatItHas() throws {
      let whole = try Data(contentsOf: URL(fileURLWithPath: Fixtures.demo))
      let cut = try folder.write("cut.mp4", whole.prefix(whole.count * 6 / 10))
      let out = folder / "cut.jsonl"
      let run = try Command.run("replay", cut, "--model", model, "-o", out)
      #expect(run.status == 65 && run.errorLines.count == 1 && run.err.contains(cut), "\(run.err)")
      // What there is does not bear the name of a whole stream.
      #expect(!folder.names.contains("cut.jsonl") && folder.names.contains("cut.jsonl.partial"))
      let text = try String(contentsOfFile: out + ".partial", encoding: .utf8)
      let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      #expect(lines.filter { $0["emotions"]?.isNull == false }.count >= 3)
      #expect(lines.contains { $0["code"]?.string == "damaged" } && lines.last?["reason"]?.string == "error")
      let schema = try Fixtures.schema()
      #expect(lines.flatMap { schema.problems($0) } == [])
    }

    @Test func aModelThatIsNoneOrBrokenIsRefused() throws {
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 1))
      let none = try Command.run("replay", clip, "--model", folder / "no-model")
      #expect(none.status == 66 && none.errorLines.count == 1 && none.err.contains("no-model"))
      // Weights that became NaN after the import.
      let weights = model + "/model.safetensors"
      try Fixtures.checkpoint(weights, broken: true)
      let broken = try Command.run("replay", clip, "--model", model)
      #expect(broken.status == 65 && broken.errorLines.count == 1 && broken.out.isEmpty, "\(broken)")
      #expect(broken.err.contains("model.safetensors") && broken.err.contains("nan"))
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: weights))
      #expect(try Command.run("replay", clip, "--model", model).status == 65)
      try Data("{".utf8).write(to: URL(fileURLWithPath: model + "/config.json"))
      #expect(try Command.run("replay", clip, "--model", model).status == 65)
    }
  }
}
