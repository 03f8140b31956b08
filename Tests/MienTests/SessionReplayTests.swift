import Foundation
import Media
import Models
import Recognition
import Sessions
import Signal
import Tensor
import TestSupport
import Testing

@testable import MienKit
@testable import mien

extension MienTests {
  /// `mien replay SESSION`, over sessions that are recorded here from made-up devices.
  @Suite struct SessionReplayTests {
    private let folder: Folder
    private let model: String
    private static let zero: Int64 = 3_000_000_000_000

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
    }

    private func manifest(hop: Int64 = 400_000_000, model summary: ModelSummary? = nil) throws -> SessionManifest {
      SessionManifest(
        sessionID: "s", version: "0", wall: "2026-01-01T00:00:00.000Z", zero: Self.zero,
        hop: Instant(nanoseconds: hop), face: .largest, framing: FaceFraming(),
        model: try summary ?? ChosenModel(folder: model).summary,
        camera: .init(name: "camera", path: "/dev/video9", format: nil),
        microphone: .init(name: "microphone", path: nil, format: nil))
    }

    /// Pictures of noise with a scripted face, and noise: five seconds.
    /// - Parameter end: of the last window that live made.
    private func record(
      _ name: String, _ manifest: SessionManifest, end: Instant = .zero, closing: Bool = true
    ) throws -> String {
      let path = folder / name
      var manifest = manifest
      try SessionFolder.make(path)
      try manifest.write(to: path)
      let recorder = try SessionRecorder(folder: path, zero: Self.zero, picture: true, sound: true) { _ in }
      let face = FollowedFace(
        id: 4, box: PixelBox(x: 40, y: 20, width: 80, height: 80),
        square: FaceSquare(centerX: 80.25, centerY: 60.5, side: 83.2))
      var state = UInt32(9)
      func noise() -> UInt32 {
        state = state &* 1_664_525 &+ 1_013_904_223
        return state >> 16
      }
      for i in 0..<75 {
        let time = Self.zero + Int64(i) * 66_666_667
        recorder.frame(
          CapturedFrame(
            index: i, time: time, sequence: UInt32(i), droppedBefore: 0, format: .yuyv, width: 160, height: 120,
            bytes: (0..<38_400).map { UInt8(truncatingIfNeeded: Int(noise() & 15) + $0 / 200 + i) }))
        if i % 7 != 3 { recorder.faces(index: i, faces: [face], next: time + 66_666_667) }
        let samples = (0..<1066).map { _ in Int16(truncatingIfNeeded: Int(noise()) - 32_768) / 4 }
        recorder.sound(CapturedAudio(samples: samples, time: time, slip: i % 3 == 0 ? 1 : 0), seen: true)
      }
      let summary = recorder.close()
      if closing { try manifest.close(path, summary, end: end, duration: 5, counters: ["windows": 3]) }
      return path
    }

    private func results(_ run: Command) throws -> [JSONValue] {
      let schema = try Fixtures.schema()
      let lines = try run.lines.map { line in
        let value = try JSONValue(parsing: line)
        #expect(schema.problems(value) == [], "\(line)")
        return value
      }
      return lines.filter { $0["type"]?.string == "emotion.result" }.map { $0.without(["latency"]) }
    }

    @Test func hopAndModelComeFromTheManifest() throws {
      let session = try record("s", manifest())
      let closed = try SessionManifest(folder: session)
      #expect(closed.closedCleanly && closed.sha256.keys.sorted() == (SessionFolder.tables + ["session.mkv"]).sorted())
      #expect(closed.streams.map(\.codec) == ["ffv1", "flac"] && closed.streams.first?.frames == 75)
      #expect(closed.counters["recorded_frames"] == 75 && closed.counters["windows"] == 3)

      let run = try Command.run("replay", session, environment: ["MIEN_MODEL": model])
      #expect(run.status == 0 && run.err.isEmpty, "\(run.err)")
      let header = try JSONValue(parsing: try #require(run.lines.first))
      #expect(header["source"]?["kind"]?.string == "session" && header["window"]?["hop_s"]?.double == 0.4)
      #expect(header["source"]?["video"]?["codec"]?.string == "ffv1")
      let found = try results(run)
      // The sound ends after 5 s.
      #expect(found.count == 7 && found.allSatisfy { $0["face_id"]?.int == 4 && $0["emotions"]?.isNull == false })
      // Live went on without devices for two seconds.
      let long = try record("long", manifest(), end: Instant(nanoseconds: 6_960_000_000))
      let longer = try results(Command.run("replay", long, "--model", model))
      #expect(longer.count == 12 && Array(longer.prefix(6)) == Array(found.prefix(6)))
      #expect(longer.last?["emotions"]?.isNull == true && longer.last?["end"]?.double == 6.96)
      // Again, by name, from the user's folder, at another number of threads.
      let named = try Command.run("replay", session, "--model", model, "--threads", "1")
      #expect(try results(named) == found && named.err.isEmpty)
      try FileManager.default.createDirectory(atPath: folder / "data/mien/models", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: folder / "data/mien/models/b", withDestinationPath: model)
      _ = try Fixtures.other(in: folder, "data/mien/models/a")
      let searched = try Command.run("replay", session, environment: ["XDG_DATA_HOME": folder / "data"])
      #expect(try results(searched) == found && searched.err.isEmpty)
      #expect(try results(Command.run("replay", session, "--model", model, "--hop", "0.8")).count == 4)
    }

    /// What a live session saved is saved again, unless the replay is asked for something else.
    @Test func theEconomyIsTheSessionsOwn() throws {
      var summary = try ChosenModel(folder: model).summary
      let plain = try record("plain", manifest())
      summary.economy = SpeedSettings(videoTokens: 0.5, pictureEvery: Instant(seconds: 1))
      let frugal = try record("frugal", manifest(model: summary))

      let whole = try results(Command.run("replay", plain, "--model", model))
      #expect(
        try results(Command.run("replay", frugal, "--model", model, "--video-tokens", "1", "--picture-every", "0"))
          == whole)
      let run = try Command.run("replay", frugal, "--model", model)
      let saved = try results(run)
      let economy = try JSONValue(parsing: try #require(run.lines.first))["economy"]
      #expect(economy?["video_tokens"]?.double == 0.5 && economy?["picture_every_s"]?.double == 1)
      let asked = ["--video-tokens", "0.5", "--picture-every", "1"]
      #expect(try results(Command.run(["replay", plain, "--model", model] + asked)) == saved)
      // Windows are 0.4 s apart.
      let from = saved.map { $0["modalities"]?["video"]?["held_from"] }
      #expect(from.map { $0?.int } == [nil, 0, 0, nil, 3, 3, nil] && from.allSatisfy { $0 != nil }, "\(from)")
      #expect(saved.count == whole.count && saved.map { $0["emotions"] } != whole.map { $0["emotions"] })
      #expect(whole.allSatisfy { $0["modalities"]?["video"]?["held_from"] == nil })

      for wrong in [
        ["--video-tokens", "0.1"], ["--video-tokens", "1.1"], ["--picture-every", "61"], ["--picture-every=-1"],
      ] {
        let refused = try Command.run(["replay", plain, "--model", model] + wrong)
        #expect(refused.status == 64 && refused.err.contains("must be from") && refused.out.isEmpty, "\(refused.err)")
      }
    }

    /// A session that another processor recorded comes out as there, if this one has its instructions.
    @Test func theInstructionsAreTheSessionsOwn() throws {
      let plain = try record("plain", manifest())
      func recorded(_ instructions: String?) throws -> String {
        var summary = try ChosenModel(folder: model).summary
        summary.instructions = instructions
        return try record(instructions ?? "old", manifest(model: summary))
      }
      func answers(_ session: String, _ options: String...) throws -> (found: [JSONValue], run: Command) {
        let run = try Command.run(["replay", session, "--model", model] + options)
        return (try results(run), run)
      }
      let best = try answers(plain).found
      for level in KernelLevel.available where level != .best {
        let session = try recorded("\(level)")
        let (found, run) = try answers(session)
        #expect(try found == answers(plain, "--instructions", "\(level)").found)
        #expect(run.err.contains("recorded with \(level) instructions, and replayed with them"), "\(run.err)")
        #expect(try JSONValue(parsing: #require(run.lines.first))["instructions"]?.string == "\(level)")
        #expect(try answers(session, "--instructions", "\(KernelLevel.best)").found == best)
      }
      let (foreign, run) = try answers(recorded("sve"))
      #expect(foreign == best && run.err.contains("sve instructions, which this processor lacks"), "\(run.err)")
      let (old, silent) = try answers(recorded(nil))
      #expect(old == best && silent.err.isEmpty, "\(silent.err)")
    }

    /// What is kept for the weights may be made anew after a session; the session's own windows come out as they did.
    @Test func theCalibrationIsTheSessionsOwn() throws {
      var summary = try ChosenModel(folder: model).summary
      let plain = try results(Command.run("replay", record("plain", manifest()), "--model", model))
      summary.calibration = ModelCalibration(
        .init(temperature: 3, windows: 200, before: .init(ece: 0.2, nll: 1), after: .init(ece: 0.1, nll: 0.9)))
      let session = try record("s", manifest(model: summary))
      let run = try Command.run("replay", session, "--model", model)
      #expect(run.status == 0 && run.err.contains("calibrated as recorded, temperature 3"), "\(run.err)")
      let header = try JSONValue(parsing: try #require(run.lines.first))
      #expect(header["model"]?["calibration"]?["temperature"]?.double == 3)
      let found = try results(run)
      #expect(found.count == plain.count && found != plain)
      #expect(found.map { $0["top"] } == plain.map { $0["top"] })
      // Another one that is kept now changes neither session.
      var other = try #require(summary.calibration)
      other.all.temperature = 0.5
      try CalibrationFile(in: folder / "kept", sha256: try #require(summary.sha256)).write(other, model: "m", list: "l")
      let kept = ["MIEN_CALIBRATION": folder / "kept"]
      #expect(try results(Command.run("replay", session, "--model", model, environment: kept)) == found)
      #expect(try results(Command.run("replay", folder / "plain", "--model", model, environment: kept)) == plain)
      #expect(try results(Command.run("replay", session, "--model", model, "--no-calibration")) == plain)
    }

    @Test func anotherModelIsTakenWithAWarningAndNoneIsNamed() throws {
      let session = try record("s", manifest())
      let other = try Fixtures.other(in: folder, "other")
      let run = try Command.run("replay", session, "--model", other)
      #expect(run.status == 0 && run.err.contains("was recorded with the model model, not with"), "\(run.err)")
      let none = try Command.run("replay", session, environment: ["MIEN_MODEL": other])
      #expect(none.status == 66 && none.errorLines.count == 1 && none.err.contains("no model with its SHA-256"))
      let untrained = try ChosenModel(untrained: .tiny).summary
      let seeded = try record("untrained", manifest(hop: 2_000_000_000, model: untrained))
      let replayed = try Command.run("replay", seeded)
      #expect(replayed.status == 0 && replayed.lines[0].contains("untrained-tiny"), "\(replayed.err)")
    }

    @Test func aSessionThatWasKilledReplaysAsFarAsItGoes() throws {
      let whole = try results(Command.run("replay", record("a", manifest()), "--model", model))
      let session = try record("b", manifest(), closing: false)
      let movie = URL(fileURLWithPath: session + "/session.mkv")
      let bytes = try Data(contentsOf: movie)
      try bytes.prefix(bytes.count * 9 / 10).write(to: movie)
      let run = try Command.run("replay", session, "--model", model)
      #expect(run.status == 0 && run.errorLines.count == 1 && run.err.contains("never closed"), "\(run.err)")
      let found = try results(run)
      #expect((4...6).contains(found.count) && found == Array(whole.prefix(found.count)))
      // The same cut in a session that was closed is damage.
      var manifest = try SessionManifest(folder: session)
      manifest.closedCleanly = true
      try manifest.write(to: session)
      let damaged = try Command.run("replay", session, "--model", model)
      #expect(damaged.status == 65 && damaged.errorLines.count == 1 && damaged.err.contains("session.mkv"))
    }

    @Test func mistakesAreNamed() throws {
      let session = try record("s", manifest())
      for options in [["--audio", "x.wav"], ["--fps", "5"], ["--face", "center"]] {
        #expect(try Command.run(["replay", session, "--model", model] + options).status == 64, "\(options)")
      }
      #expect(try Command.run("replay", Fixtures.demo, "--model", model, "--refind").status == 64)
      let refound = try Command.run("replay", session, "--model", model, "--refind", "--face", "none")
      #expect(try refound.status == 0 && results(refound).allSatisfy { $0["face_id"]?.int == 0 }, "\(refound.err)")
      try Data("frame\n".utf8).write(to: URL(fileURLWithPath: session + "/frames.tsv"))
      let table = try Command.run("replay", session, "--model", model)
      #expect(table.status == 65 && table.err.contains("frames.tsv: cannot read the session: line 1"))
      try Data("{}".utf8).write(to: URL(fileURLWithPath: session + "/manifest.json"))
      let manifest = try Command.run("replay", session, "--model", model)
      #expect(manifest.status == 65 && manifest.err.contains("manifest.json: lacks the key 'schema'"))
    }
  }
}

extension Fixtures {
  /// A model folder with other weights than `model(in:)`'s.
  static func other(in folder: Folder, _ name: String) throws -> String {
    try checkpoint(folder / "other.safetensors", outputs: 3)
    let made = try Command.run(
      "model", "import", folder / "other.safetensors", "-o", folder / name, "--labels", "a,b,c")
    guard made.status == 0 else { throw Problem(description: made.err) }
    return folder / name
  }
}
