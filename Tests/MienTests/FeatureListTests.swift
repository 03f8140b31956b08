import Foundation
import TestSupport
import Testing

extension MienTests {
  /// Features that other networks computed, as lists name them in files.
  @Suite struct FeatureListTests {
    private let folder: Folder
    private static let small = [
      "--size", "vavl", "--with", "width=16", "attention_heads=2", "blocks=1", "shared_blocks=1", "taps=3",
      "bottleneck=6", "video.steps=5", "audio.steps=8",
    ]

    init() throws {
      folder = try Folder()
      for clip in 0..<6 {
        try write("v\(clip).npy", steps: 2 + clip, width: 7, clip)
        try write("a\(clip).npy", steps: 3 + clip, width: 4, clip)
      }
      try folder.write("list.csv", (0..<6).map { "v\($0).npy a\($0).npy \($0 % 3)\n" }.joined())
      try folder.write(
        "mixed.csv", "v0.npy a0.npy 0\n- a1.npy 1\nv2.npy - 2\nv3.npy a3.npy 0\n- a4.npy 1\nv5.npy - 2\n")
    }

    private func write(_ name: String, steps: Int, width: Int, _ clip: Int) throws {
      let values = (0..<steps * width).map { Float(sin(Double(1 + $0 * (clip + 1)))) }
      try Data(NumpyArchive.bytes(values, shape: [steps, width])).write(to: URL(fileURLWithPath: folder / name))
    }

    private func finetune(_ run: String, _ options: [String] = [], list: String = "mixed.csv") throws -> Command {
      try Command.run(
        ["finetune", "--data", folder / list, "-o", folder / run, "--batch", "2", "--epochs", "2"] + Self.small
          + TrainingToy.labels + options)
    }

    @Test func trainedEvaluatedTakenUpAgainAndExported() throws {
      let run = try finetune("run", ["--val", folder / "mixed.csv"])
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("mixed.csv: 1 clips have more than 5 steps of features of the picture"), "\(run.err)")
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      #expect(summary["broken_clips"]?.int == 0 && summary["validation"]?["clips"]?.int == 6)
      let config = try JSONValue(parsing: String(contentsOfFile: folder / "run/last/config.json", encoding: .utf8))
      #expect(config["sizes"]?["video"]?["width"]?.int == 7 && config["sizes"]?["audio"]?["width"]?.int == 4)
      #expect(config["sizes"]?["video"]?["steps"]?.int == 5)

      let eval = try Command.run("eval", "--model", folder / "run/last", "--data", folder / "mixed.csv")
      let report = try JSONValue(parsing: try #require(eval.lines.first, "\(eval.err)"))
      #expect(report["evaluated"]?.int == 6 && report["uar"]?.double == summary["validation"]?["uar"]?.double)

      let again = try finetune("run", ["--val", folder / "mixed.csv", "--resume"])
      #expect(again.status == 0 && again.out.contains("finished_before"), "\(again.err)")
      let more = try Command.run(
        "finetune", "--data", folder / "list.csv", "-o", folder / "more", "--from", folder / "run", "--steps", "1",
        "--batch", "2")
      #expect(more.status == 0, "\(more.err)")

      let export = try Command.run("model", "export", folder / "run", "-o", folder / "out")
      #expect(export.status == 0, "\(export.err)")
      let info = try Command.run("model", "info", folder / "out")
      #expect(info.status == 0 && info.out.contains("features"), "\(info.err)\(info.out)")
      #expect(try Command.run("eval", "--model", folder / "out", "--data", folder / "list.csv").status == 0)
    }

    @Test func aStreamHasNoFeatures() throws {
      #expect(try finetune("run").status == 0)
      for arguments in [
        ["replay", folder / "sound.wav", "--model", folder / "run"],
        ["replay", folder / "sound.wav", "--untrained", "vavl"],
        ["live", "--video", "none", "--audio", folder / "sound.wav", "--model", folder / "run"],
      ] {
        try folder.write("sound.wav", Fixtures.sound(seconds: 3))
        let run = try Command.run(arguments)
        #expect(run.status == 64 && run.err.contains("reads features of other networks"), "\(run.status) \(run.err)")
        #expect(run.out.isEmpty)
      }
    }

    @Test func dataCheckReadsThem() throws {
      let fine = try Command.run("data", "check", folder / "mixed.csv", "--labels", "calm,angry,glad")
      #expect(fine.status == 0 && fine.out.contains("wrong features"), "\(fine.err)\(fine.out)")
      try write("wide.npy", steps: 2, width: 9, 1)
      try folder.write("bad.csv", "v0.npy a0.npy 0\nwide.npy a1.npy 1\nnone.npy a1.npy 1\n")
      let bad = try Command.run("data", "check", folder / "bad.csv", "--labels", "calm,angry,glad")
      #expect(bad.status == 65 && bad.err.contains("wide.npy: has 9 values a step, but 7 are wanted"), "\(bad.err)")
      #expect(bad.err.contains("missing: \(folder / "none.npy")"), "\(bad.err)")
      let faces = try Command.run("data", "faces", folder / "list.csv", "-o", folder / "faces")
      #expect(faces.status == 64 && faces.err.contains("names files of features"), "\(faces.err)")
    }

    @Test func whatDoesNotGoTogetherIsRefused() throws {
      #expect(try finetune("run", list: "list.csv").status == 0)
      try folder.write("two.csv", "v0.npy a0.npy 0\nclip.mp4 a1.npy 1\nv2.npy a2.npy 2\n")
      try folder.write("gone.csv", "x.npy a0.npy 0\ny.npy a1.npy 1\nz.npy a1.npy 2\n")
      for clip in 0..<3 { try write("w\(clip).npy", steps: 3, width: 9, clip) }
      try folder.write("wide.csv", (0..<3).map { "w\($0).npy a\($0).npy \($0)\n" }.joined())
      try folder.write("movies.csv", "face0 sound.wav 0\nface1 sound.wav 1\nface2 sound.wav 2\n")
      func list(_ name: String, _ options: [String]) -> [String] {
        ["finetune", "--data", folder / name, "-o", folder / "no"] + TrainingToy.labels + options
      }
      for (arguments, status, words) in [
        (list("two.csv", Self.small), 65, "two.csv:2: clip.mp4 is no file of features"),
        (list("gone.csv", Self.small), 66, "x.npy"),
        (list("wide.csv", ["--from", folder / "run"]), 65, "have 9 values a step, but 7 are wanted"),
        (list("movies.csv", Self.small), 65, "face0 is no file of features"),
        (list("list.csv", ["--size", "vavl-light"]), 65, "v0.npy is a file of features, but vavl-light takes"),
        (list("list.csv", ["--size", "nano"]), 65, "v0.npy is a file of features, but nano takes"),
        (list("list.csv", Self.small + ["video.width=9"]), 64, "--with video.width=9: other options decide"),
        (list("list.csv", Self.small + ["--mixup", "0.3"]), 64, "features are not changed at random"),
        (["eval", "--model", folder / "run", "--data", folder / "movies.csv"], 65, "face0 is no file of features"),
        (["eval", "--untrained", "nano", "--data", folder / "list.csv"], 65, "v0.npy is a file of features"),
      ] {
        let run = try Command.run(arguments)
        #expect(run.status == Int32(status) && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
      // A few clips of another width are broken clips of an evaluation, named.
      let eval = try Command.run("eval", "--model", folder / "run", "--data", folder / "wide.csv")
      #expect(eval.status == 65 && eval.err.contains("w0.npy: has 9 values a step, but 7 are wanted"), "\(eval.err)")
    }
  }
}
