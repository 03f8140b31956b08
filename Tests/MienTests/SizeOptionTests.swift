import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `--with`, and the defaults that each architecture has of its own.
  @Suite struct SizeOptionTests {
    private let toy: TrainingToy
    private let folder: Folder
    private static let small = ["--size", "vavl-light", "--with", "width=32", "video.channels=4,8", "audio.channels=4"]

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
    }

    private func finetune(_ run: String, _ options: [String]) throws -> Command {
      try Command.run(["finetune"] + toy.arguments(run, TrainingToy.labels + options))
    }

    private func config(_ path: String) throws -> JSONValue {
      try JSONValue(parsing: String(contentsOfFile: folder / path, encoding: .utf8))
    }

    /// Every ablation: trained, evaluated, replayed, and taken up again with the same bits.
    @Test(arguments: [["shares=false"], ["residual=false", "--with", "reconstructs=false"]])
    func ablationsAreTrained(_ changes: [String]) throws {
      let sizes = Self.small + changes
      let whole = try finetune("whole", sizes + ["--steps", "6"])
      #expect(whole.status == 0, "\(whole.err)")
      let found = try config("whole/last/config.json")["sizes"]
      #expect(found?["width"]?.int == 32)
      for change in changes where change != "--with" {
        #expect(found?[String(change.prefix { $0 != "=" })]?.bool == false, "\(change)")
      }
      // Changed sizes are settings: others are refused, the same go on.
      let other = try finetune("whole", Self.small + ["--steps", "6", "--resume"])
      #expect(other.status == 64 && other.err.contains("model."), "\(other.err)")
      let child =
        ["finetune"]
        + toy.arguments("parted", TrainingToy.labels + sizes + ["--steps", "6", "--checkpoint-every", "1"])
      _ = try toy.interrupted(child, by: SIGKILL) { toy.steps("parted") >= 3 }
      let parted = try finetune("parted", sizes + ["--steps", "6", "--checkpoint-every", "1", "--resume"])
      #expect(parted.status == 0, "\(parted.err)")
      let isSame = try toy.same("whole/last/model.safetensors", "parted/last/model.safetensors")
      #expect(isSame)

      let eval = try Command.run("eval", "--model", folder / "whole/last", "--data", folder / "list.csv")
      #expect(try JSONValue(parsing: try #require(eval.lines.first, "\(eval.err)"))["evaluated"]?.int == 6)
      let replay = try Command.run("replay", "--model", folder / "whole/last", folder / "sound5.wav")
      #expect(replay.status == 0 && replay.out.contains("emotion.result"), "\(replay.err)")
    }

    /// A run's settings are the published ones of its architecture, and options go before them.
    @Test func recipesAreTheArchitectures() throws {
      let run = try finetune("own", Self.small + ["--steps", "1"])
      #expect(run.status == 0, "\(run.err)")
      let own = try config("own/config.json")
      let rates = own["optimisation"]
      #expect(rates?["lr"]?.double == 5e-5 && rates?["min_lr"]?.double == 5e-5 && rates?["scales_rate"]?.bool == false)
      #expect(rates?["beta1"]?.double == 0.95 && rates?["beta2"]?.double == 0.999)
      #expect(rates?["weight_decay"]?.double == 5e-7 && rates?["warmup_steps"]?.int == 0)
      #expect(rates?["layer_decay"]?.double == 1 && rates?["drop_path"]?.double == 0)
      #expect(own["objective"]?["label_smoothing"]?.double == 0)
      let unchanged = own["augmentation"]
      for key in ["mixup", "cutmix", "erasing", "flip", "rand_augment"] {
        #expect(unchanged?[key]?.double == 0, "\(key)")
      }
      #expect(unchanged?["loudness"]?.bool == false && unchanged?["resized_crop"]?.bool == false)
      let log = try String(contentsOfFile: folder / "own/log.jsonl", encoding: .utf8)
      #expect(log.contains(#""rate":5e-05"#), "\(log)")

      let asked = try finetune(
        "asked",
        Self.small + [
          "--steps", "1", "--lr", "1e-3", "--betas", "0.8,0.9", "--weight-decay", "0.1", "--label-smoothing", "0.2",
          "--crop", "--flip", "0.5", "--loudness", "--mixup", "0.3", "--layer-decay", "0.5",
        ])
      #expect(
        asked.status == 0 && asked.err.contains("--layer-decay: all layers of VAVL have one rate"), "\(asked.err)")
      let other = try config("asked/config.json")
      #expect(other["optimisation"]?["lr"]?.double == 1e-3 && other["optimisation"]?["min_lr"]?.double == 1e-3)
      #expect(other["optimisation"]?["scales_rate"] == nil && other["optimisation"]?["beta1"]?.double == 0.8)
      #expect(other["augmentation"]?["resized_crop"]?.bool == true && other["augmentation"]?["mixup"]?.double == 0.3)
      #expect(try String(contentsOfFile: folder / "asked/log.jsonl", encoding: .utf8).contains(#""rate":7.8125e-06"#))

      // The other architecture's stay as they were.
      let first = try finetune("first", TrainingToy.sizes + ["--steps", "1"])
      #expect(first.status == 0, "\(first.err)")
      let before = try config("first/config.json")
      #expect(before["optimisation"]?["lr"]?.double == 1e-3 && before["optimisation"]?["beta1"] == nil)
      #expect(before["optimisation"]?["layer_decay"]?.double == 0.75 && before["augmentation"]?["mixup"]?.double == 0.8)
    }

    @Test func whatCannotBeIsRefused() throws {
      let size = ["--size", "vavl-light"]
      for (options, words) in [
        (size + ["--with", "heads=3"], "there is no size 'heads'; there are width, attention_heads"),
        (size + ["--with", "width=130"], "does not divide into 4 attention heads"),
        (size + ["--with", "taps"], "taps"), (size + ["--with", "taps=4"], "taps"),
        (size + ["--with", "width=32", "width=64"], "two times"),
        (size + ["--with", "classes=5"], "--with classes=5: other options decide this size"),
        (size + ["--modalities", "a", "--with", "video.channels=4"], "video.channels=4: other options decide"),
        (["--from", folder / "x", "--with", "width=32"], "--from brings its sizes"),
        (size + ["--betas", "0.9"], "--betas"), (size + ["--betas", "0.9,1"], "--betas"),
        (size + ["--min-lr", "1e-3"], "above the rate"),
      ] {
        let run = try finetune("no", options)
        #expect(run.status == 64 && run.err.contains(words) && run.out.isEmpty, "\(run.status): \(run.err)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder / "no"))
    }

    @Test func helpSaysBothDefaults() throws {
      let help = try Command.run("finetune", "--help").out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for words in [
        "0.001 of fine-tuning; 5e-05 for any step of vavl-light, vavl", "0.9,0.999 of fine-tuning; 0.95,0.999 of",
        "50 of fine-tuning; 20 of vavl-light", "(default: 0.1; 0.0 of vavl-light",
      ] { #expect(help.contains(words), "\(words): \(help)") }
    }
  }
}
