import Foundation
import TestSupport
import Testing

extension MienTests {
  /// Networks on the encoders of another architecture, and files of one architecture in the place of the other.
  @Suite struct EncoderOptionTests {
    private let toy: TrainingToy
    private let folder: Folder
    private static let small = [
      "--size", "vavl", "--with", "width=16", "attention_heads=2", "blocks=1", "shared_blocks=1", "taps=3",
    ]

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      let base = try toy.finetune("base", "--steps", "1")
      #expect(base.status == 0, "\(base.err)")
    }

    private func finetune(_ run: String, _ options: [String]) throws -> Command {
      try Command.run(["finetune"] + toy.arguments(run, TrainingToy.labels + options))
    }

    private func config(_ path: String) throws -> JSONValue {
      try JSONValue(parsing: String(contentsOfFile: folder / path, encoding: .utf8))
    }

    @Test func frozenEncodersStayAndTheFolderIsWhole() throws {
      let on = Self.small + ["--encoders", folder / "base", "--frozen-encoders", "--steps", "2"]
      let run = try finetune("run", on + ["--val", folder / "list.csv"])
      #expect(run.status == 0, "\(run.err)")
      let video = try config("run/last/config.json")["sizes"]?["video"]
      #expect(video?["kind"]?.string == "hicmae" && video?["frozen"]?.bool == true && video?["dim"]?.int == 64)
      // The encoders' weights are those of the model that they come from.
      let info = try Command.run("model", "info", folder / "run")
      #expect(info.status == 0 && info.out.contains("frozen"), "\(info.err)\(info.out)")
      let resumed = try finetune("run", on + ["--val", folder / "list.csv", "--resume"])
      #expect(resumed.status == 0 && resumed.out.contains("finished_before"), "\(resumed.err)")
      // What it was built on is not needed any more.
      try FileManager.default.removeItem(atPath: folder / "base")
      let eval = try Command.run("eval", "--model", folder / "run", "--data", folder / "list.csv")
      let report = try JSONValue(parsing: try #require(eval.lines.first, "\(eval.err)"))
      let summary = try JSONValue(parsing: try #require(run.lines.first))
      #expect(report["evaluated"]?.int == 6 && report["uar"]?.double == summary["validation"]?["uar"]?.double)
      try folder.write("long.wav", Fixtures.sound(seconds: 3))
      let replay = try Command.run("replay", "--model", folder / "run", folder / "long.wav")
      #expect(replay.status == 0 && replay.out.contains("emotion.result"), "\(replay.err)")
    }

    @Test func layersAreChosen() throws {
      let deep = try Command.run(
        ["finetune"]
          + toy.arguments(
            "two",
            TrainingToy.labels + ["--dim", "64", "--depth", "2", "--fusion-depth", "1", "--steps", "1"]))
      #expect(deep.status == 0, "\(deep.err)")
      let run = try finetune(
        "run", Self.small + ["--encoders", folder / "two/last", "--encoder-layers", "1,2", "--steps", "1"])
      #expect(run.status == 0, "\(run.err)")
      let sizes = try config("run/last/config.json")["sizes"]
      #expect(sizes?["audio"]?["layers"]?.elements?.map(\.int) == [1, 2] && sizes?["audio"]?["frozen"]?.bool == false)
      let alone = try finetune(
        "alone", Self.small + ["--encoders", folder / "two", "--modalities", "a", "--steps", "1"])
      #expect(alone.status == 0, "\(alone.err)")
    }

    @Test func whatDoesNotGoTogetherIsRefused() throws {
      let made = try finetune("vavl", ["--size", "vavl-light", "--steps", "1"])
      #expect(made.status == 0, "\(made.err)")
      let encoders = ["--encoders", folder / "base"]
      for (options, words) in [
        (Self.small + encoders + ["--encoder-layers", "2"], "which are not some of 1 to 1 in order"),
        (Self.small + encoders + ["--encoder-layers", "x"], "whole numbers"),
        (Self.small + ["--frozen-encoders"], "go with --encoders"),
        (["--size", "nano"] + encoders, "nano is a HiCMAE, which has encoders of its own"),
        (["--size", "vavl", "--encoders", folder / "vavl"], "a VAVL has no encoders for other networks"),
        (["--from", folder / "base"] + encoders, "exclude each other"),
        (["--size", "vavl-light", "--from", folder / "base"], "or give --encoders to build other sizes"),
      ] {
        let run = try finetune("no", options)
        #expect(run.status == 64 && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }

    /// Weights of one architecture in a folder of the other one.
    @Test func mistakenWeightsAreNamed() throws {
      let made = try finetune("vavl", ["--size", "vavl-light", "--steps", "1"])
      #expect(made.status == 0, "\(made.err)")
      for (from, to) in [("base", "vavl"), ("vavl", "base")] {
        let copy = folder / "\(from)-in-\(to)"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for (file, run) in [("config.json", to), ("model.safetensors", from)] {
          let source = URL(fileURLWithPath: folder / "\(run)/last/\(file)").resolvingSymlinksInPath().path
          try FileManager.default.copyItem(atPath: source, toPath: copy + "/" + file)
        }
        let titles = ["base": "HiCMAE", "vavl": "VAVL"]
        let words = "config.json is of a \(titles[to] ?? ""), but model.safetensors is of a \(titles[from] ?? "")"
        for arguments in [
          ["eval", "--model", copy, "--data", folder / "list.csv"],
          ["replay", "--model", copy, folder / "sound0.wav"],
          ["finetune"] + toy.arguments("no", ["--from", copy]),
        ] {
          let run = try Command.run(arguments)
          #expect(run.status == 65 && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }
  }
}
