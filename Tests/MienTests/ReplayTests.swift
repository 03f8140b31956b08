import Foundation
import HiCMAE
import Networks
import Tensor
import TestSupport
import Testing

extension MienTests {
  @Suite struct ReplayTests {
    private let folder: Folder
    private let model: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
    }

    /// The lines, each checked against the schema.
    private func stream(_ run: Command) throws -> [JSONValue] {
      let schema = try Fixtures.schema()
      return try run.lines.map { line in
        let value = try JSONValue(parsing: line)
        #expect(schema.problems(value) == [], "\(line)")
        return value
      }
    }

    private func results(_ lines: [JSONValue]) -> [JSONValue] {
      lines.filter { $0["type"]?.string == "emotion.result" }
    }
    private func codes(_ lines: [JSONValue]) -> [String] { lines.compactMap { $0["code"]?.string } }

    @Test func theDemoGivesAResultAtEveryHop() throws {
      let run = try Command.run("replay", Fixtures.demo, "--model", model)
      #expect(run.status == 0 && run.err.isEmpty, "\(run.err)")
      let lines = try stream(run)
      #expect(lines.first?["type"]?.string == "session.created" && lines.last?["reason"]?.string == "end_of_input")
      let results = results(lines)
      #expect(results.count >= 17 && results.compactMap { $0["seq"]?.int } == Array(0..<results.count))
      #expect(results.allSatisfy { $0["emotions"]?.isNull == false && $0["face_id"] == results[0]["face_id"] })
      let order = ["anger", "disgust", "fear", "happiness", "neutral", "sadness"]
      #expect(results.allSatisfy { $0["emotions"]?.keys == order })
      #expect(lines.last?["windows"]?.int == results.count && lines.last?["answered"]?.int == results.count)
    }

    @Test func runsAreTheSameAtAnySpeedAndNumberOfThreads() throws {
      func lines(_ options: String...) throws -> [JSONValue] {
        let run = try Command.run(["replay", Fixtures.demo, "--model", model, "--hop", "0.64"] + options)
        #expect(run.status == 0)
        return try stream(run).map { $0.without(["latency", "wall"]) }
      }
      let first = try lines("--threads", "1")
      #expect(try lines("--threads", "1") == first)
      #expect(try lines("--threads", "2") == first)
      #expect(try lines("--threads", "2", "--speed", "8") == first)
    }

    /// What a processor with fewer instructions would answer: the same to rounding.
    @Test func fewerInstructionsAnswerAlike() throws {
      func answers(_ options: String...) throws -> [[Double]] {
        let run = try Command.run(["replay", Fixtures.demo, "--model", model, "--hop", "1.28"] + options)
        #expect(run.status == 0, "\(run.err)")
        return results(try stream(run)).map { result in
          let emotions = result["emotions"]
          return emotions?.keys.compactMap { emotions?[$0]?.double } ?? []
        }
      }
      let best = try answers()
      #expect(best.count >= 4 && best.allSatisfy { $0.count == 6 })
      for level in KernelLevel.available {
        let found = try answers("--instructions", "\(level)")
        let worst = zip(best.joined(), found.joined()).map { abs($0 - $1) }.max() ?? .nan
        #expect(found.count == best.count && worst < 1e-4, "\(level): \(worst) apart")
        #expect(level != .best || found == best)
      }
      // Packed formats need AVX-512; what runs instead is said.
      let run = try Command.run(
        "replay", Fixtures.demo, "--model", model, "--precision", "bf16", "--instructions", "reference")
      #expect(run.err.contains("there are no instructions for bf16: f32 runs instead"), "\(run.err)")
      #expect(try stream(run).first?["precision"]?.string == "f32")
      #expect(try Command.run("replay", Fixtures.demo, "--model", model, "--instructions", "sse2").status == 64)
    }

    @Test func soundOnlyHasALineAHopAndSaysWhy() throws {
      let clip = try folder.write("only.wav", Fixtures.sound(seconds: 4))
      let run = try Command.run("replay", clip, "--model", model)
      let lines = try stream(run)
      #expect(run.status == 0 && codes(lines) == ["no_face"] && results(lines).count == 5)
      #expect(results(lines).allSatisfy { $0["emotions"]?.isNull == true && $0["top"]?.isNull == true })
      #expect(results(lines).allSatisfy { $0["modalities"]?["audio"]?["used"]?.bool == true })
      #expect(lines.first?["source"]?["video"]?.isNull == true)
    }

    @Test func aModelOfSoundAnswersToASoundFile() throws {
      try Fixtures.checkpoint(folder / "ears.safetensors", keeping: .audio)
      let made = try Command.run(
        "model", "import", folder / "ears.safetensors", "-o", folder / "ears", "--labels", "crema-d")
      #expect(made.status == 0, "\(made.err)")
      for input in [try folder.write("heard.wav", Fixtures.sound(seconds: 4)), Fixtures.demo] {
        // Nobody speaks in the file that is made here.
        let run = try Command.run("replay", input, "--model", folder / "ears", "--speech-gate", "off")
        let lines = try stream(run)
        #expect(run.status == 0 && codes(lines) == [] && !results(lines).isEmpty)
        #expect(lines.first?["model"]?["modalities"]?.string == "a")
        #expect(results(lines).allSatisfy { $0["top"]?.string != nil })
        #expect(results(lines).allSatisfy { $0["modalities"]?["audio"]?["used"]?.bool == true })
        #expect(results(lines).allSatisfy { $0["modalities"]?["video"]?["used"]?.bool == false })
      }
      let silent = try Command.run("replay", folder / "heard.wav", "--model", folder / "ears")
      let lines = try stream(silent)
      #expect(silent.status == 0 && codes(lines) == ["no_speech"] && results(lines).count == 5)
      #expect(results(lines).allSatisfy { $0["emotions"]?.isNull == true && $0["head"]?.isNull == true })
    }

    /// A muted microphone and an empty track are no evidence: the model needs sound, so there is no answer.
    @Test func silenceIsSaidAndNotRead() throws {
      let faces = try Fixtures.pictures(100, in: folder)
      let quiet = try folder.write("quiet.wav", Fixtures.wav([Int16](repeating: 0, count: 64_000)))
      let run = try Command.run("replay", faces, "--audio", quiet, "--face", "none", "--model", model)
      let lines = try stream(run)
      #expect(run.status == 0 && codes(lines) == ["silent"] && results(lines).count == 5)
      #expect(results(lines).allSatisfy { $0["emotions"]?.isNull == true })
      #expect(results(lines).allSatisfy { $0["modalities"]?["audio"]?["used"]?.bool == false })
      #expect(results(lines).allSatisfy { $0["modalities"]?["audio"]?["level_dbfs"]?.double == -120 })
    }

    @Test func withoutSoundEveryHopHasALineToo() throws {
      let faces = try Fixtures.pictures(100, in: folder)
      let run = try Command.run("replay", faces, "--face", "none", "--model", model)
      let lines = try stream(run)
      #expect(run.status == 0 && codes(lines) == ["no_audio"] && results(lines).count == 5)
      #expect(results(lines).allSatisfy { $0["emotions"]?.isNull == true })
      #expect(results(lines).allSatisfy { $0["modalities"]?["video"]?["used"]?.bool == true })
    }

    @Test func aFolderAndASoundFileMakeARecording() throws {
      let faces = try Fixtures.pictures(60, in: folder)
      let sound = try folder.write("speech.wav", Fixtures.sound(seconds: 6))
      let run = try Command.run(
        "replay", faces, "--fps", "10", "--audio", sound, "--face", "none", "--model", model, "--hop", "1")
      let lines = try stream(run)
      #expect(run.status == 0 && results(lines).count == 4 && codes(lines) == [])
      #expect(results(lines).allSatisfy { $0["emotions"]?.isNull == false })
      #expect(lines.first?["source"]?["kind"]?.string == "folder")
    }

    @Test func aShortRecordingGivesOneResult() throws {
      let faces = try Fixtures.pictures(20, in: folder)
      let sound = try folder.write("speech.wav", Fixtures.sound(seconds: 0.8))
      let run = try Command.run("replay", faces, "--audio", sound, "--face", "none", "--model", model)
      let results = results(try stream(run))
      #expect(run.status == 0 && results.count == 1)
      #expect(results.first?["emotions"]?.isNull == false && results.first?["end"]?.double == 0.8)
    }

    @Test func aContainerOnStdinIsRead() throws {
      let clip = try folder.write("only.wav", Fixtures.sound(seconds: 3))
      let run = try Command.run("replay", "-", "--model", model, stdin: clip)
      let lines = try stream(run)
      #expect(run.status == 0 && results(lines).count == 2 && lines.first?["source"]?["kind"]?.string == "stdin")
    }

    @Test func anUntrainedModelSaysSo() throws {
      let clip = try folder.write("only.wav", Fixtures.sound(seconds: 1))
      let run = try Command.run("replay", clip, "--untrained", "tiny")
      #expect(run.status == 0 && run.err.contains("untrained, the numbers mean nothing"))
      #expect(try stream(run).first?["model"]?["trained"]?.bool == false)
    }

    @Test func aRegressionGivesAttributes() throws {
      let other = try Folder()
      let va = try Fixtures.model(in: other, labels: "valence,arousal", outputs: 2, task: "regression")
      let faces = try Fixtures.pictures(70, in: folder)
      let sound = try folder.write("speech.wav", Fixtures.sound(seconds: 2.8))
      let run = try Command.run("replay", faces, "--audio", sound, "--face", "none", "--model", va)
      let results = results(try stream(run))
      #expect(results.count == 1 && results[0]["attributes"]?.keys == ["valence", "arousal"])
      #expect(results[0]["emotions"] == nil && results[0]["top"]?.isNull == true)
    }

    @Test(arguments: ["jsonl", "csv", "vtt", "srt", "text"]) func aFileGetsItsNameWhenItIsWhole(format: String) throws {
      let faces = try Fixtures.pictures(70, in: folder)
      let sound = try folder.write("speech.wav", Fixtures.sound(seconds: 2.8))
      let out = folder / "stream.\(format)"
      let run = try Command.run(
        "replay", faces, "--audio", sound, "--face", "none", "--model", model, "--format", format, "-o", out)
      #expect(run.status == 0 && run.out.isEmpty && run.err.isEmpty)
      let text = try String(contentsOfFile: out, encoding: .utf8)
      let begins = [
        "jsonl": "{\"type\"", "csv": "seq,start,end,", "vtt": "WEBVTT\n", "srt": "1\n00:00:00,000 --> ",
        "text": "model ",
      ]
      #expect(text.hasPrefix(try #require(begins[format])))
      #expect(!folder.names.contains { $0.hasSuffix(".partial") })
    }

    @Test func savedCropsArePictures() throws {
      let run = try Command.run(
        "replay", Fixtures.demo, "--model", model, "--hop", "2.56", "--save-crops", folder / "crops")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder / "crops")
      #expect(run.status == 0 && names.count >= 16 && names.allSatisfy { $0.hasSuffix(".png") })
      // What was saved can be replayed.
      let again = try Command.run("replay", folder / "crops", "--face", "none", "--model", model)
      #expect(again.status == 0 && again.lines.count >= 3)
    }
  }
}
