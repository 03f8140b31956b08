import Foundation
import Glibc
import TestSupport
import Testing

extension MienTests {
  /// `mien pretrain` and `mien finetune` as a user runs them.
  @Suite struct TrainingCommandTests {
    private let toy: TrainingToy
    private let folder: Folder

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
    }

    /// 20 steps = 10 + kill + 10, and Ctrl-C on the way; the first with one thread, the others with two. Drop path and
    /// mixing are on by default.
    @Test func aKilledRunGoesOnBitForBit() throws {
      let options = ["--steps", "20", "--val", folder / "list.csv", "--checkpoint-every", "2", "--ema", "0.9"]
      let whole = try Command.run(
        ["finetune"] + toy.arguments("whole", TrainingToy.sizes + TrainingToy.labels + options + ["--threads", "1"]))
      #expect(whole.status == 0 && whole.lines.count == 1, "\(whole.err)")
      #expect(try toy.interrupted("parted", options + ["--threads", "2"], after: 10, by: SIGKILL) == 128 + SIGKILL)
      let second = options + ["--threads", "2", "--resume"]
      #expect(try toy.interrupted("parted", second, after: toy.steps("parted") + 2, by: SIGINT) == 0)
      let text = try String(contentsOfFile: folder / "err", encoding: .utf8)
      #expect(text.contains("finishing this batch") && text.contains("--resume goes on"), "\(text)")
      let third = try Command.run(
        ["finetune"] + toy.arguments("parted", TrainingToy.sizes + TrainingToy.labels + second))
      #expect(third.status == 0, "\(third.err)")
      for file in [
        "last/model.safetensors", "last/weights.safetensors", "last/optimizer.safetensors", "best/model.safetensors",
      ] {
        let isSame = try toy.same("whole/\(file)", "parted/\(file)")
        #expect(isSame, "\(file)")
      }
      let summary = try JSONValue(parsing: try #require(third.lines.first))
      #expect(summary["end"]?.string == "done" && summary["steps"]?.int == 20)
      #expect(summary["last"]?.string == folder / "parted/last" && summary["validation"]?["uar"]?.double != nil)
      // And there is nothing more to do.
      let fourth = try Command.run(
        ["finetune"] + toy.arguments("parted", TrainingToy.sizes + TrainingToy.labels + second))
      #expect(fourth.status == 0 && fourth.err.contains("finished already"), "\(fourth.err)")
    }

    @Test func fromPreTrainingToAnAnswer() throws {
      // Nobody has labelled these.
      try folder.write("bare.csv", (0..<6).map { "face\($0) sound\($0).wav\n" }.joined())
      let first = try Command.run(
        ["pretrain"] + toy.arguments("first", TrainingToy.sizes + ["--epochs", "1"], list: "bare.csv"))
      #expect(first.status == 0 && first.err.contains("epoch 1 of 1"), "\(first.err)")
      let second = try Command.run(
        ["finetune"]
          + toy.arguments(
            "second", TrainingToy.labels + ["--from", folder / "first", "--epochs", "2", "--val", folder / "list.csv"]))
      #expect(second.status == 0, "\(second.err)")
      let summary = try JSONValue(parsing: try #require(second.lines.first))
      let eval = try Command.run("eval", "--model", folder / "second/last", "--data", folder / "list.csv")
      let metrics = try JSONValue(parsing: try #require(eval.lines.first))
      for name in ["uar", "war", "weighted_f1"] {
        #expect(metrics[name]?.double == summary["validation"]?[name]?.double, "\(name)")
      }
      // The run itself is a model, and says which of its checkpoints.
      let replay = try Command.run("replay", folder / "sound1.wav", "--model", folder / "second")
      #expect(replay.status == 0 && replay.err.contains("second/best"), "\(replay.err)")
      #expect(try String(contentsOfFile: folder / "second/report.html", encoding: .utf8).contains("</html>"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder / "second")
      #expect(names.contains { $0.hasPrefix("events.out.tfevents.") }, "\(names)")
      // A fine-tuned model brings its labels and its head.
      let third = try Command.run(
        ["finetune"] + toy.arguments("third", ["--from", folder / "second", "--steps", "1", "--no-augment"]))
      #expect(third.status == 0, "\(third.err)")
      for arguments in [["replay", folder / "sound1.wav"], ["eval", "--data", folder / "list.csv"]] {
        let none = try Command.run(arguments + ["--model", folder / "first"])
        #expect(none.status == 65 && none.err.contains("fine-tune it first"), "\(none.err)")
      }
      for arguments in [["model", "info"], ["bench", "--runs", "1", "--model"]] {
        let run = try Command.run(arguments + [folder / "second"])
        #expect(run.status == 0, "\(run.err)")
      }
      let pictures = try Command.run(
        "reconstruct", folder / "face1", "--model", folder / "first", "-o", folder / "pictures")
      #expect(pictures.status == 65 && pictures.err.contains("--data") && !folder.names.contains("pictures"))
    }

    /// Sound alone, from a model of both modalities: a list without pictures will do, and the figures are those of eval.
    @Test func soundAloneFromBoth() throws {
      #expect(try Command.run(["pretrain"] + toy.arguments("both", TrainingToy.sizes + ["--steps", "1"])).status == 0)
      try folder.write("heard.csv", (0..<6).map { "- sound\($0).wav \($0 % 3)\n" }.joined())
      let options =
        TrainingToy.labels + [
          "--from", folder / "both", "--modalities", "a", "--steps", "3", "--val", folder / "heard.csv", "--mel-masks",
          "1x20", "--speed", "0.9,1.1",
        ]
      let run = try Command.run(["finetune"] + toy.arguments("heard", options, list: "heard.csv"))
      let summary = try JSONValue(parsing: try #require(run.lines.first, "\(run.err)"))
      let eval = try Command.run("eval", "--model", folder / "heard", "--data", folder / "heard.csv")
      let metrics = try JSONValue(parsing: try #require(eval.lines.first, "\(eval.err)"))
      #expect(metrics["evaluated"]?.int == 6 && metrics["uar"]?.double == summary["validation"]?["uar"]?.double)
      // The sound is a tone, in which nobody speaks.
      let replay = try Command.run("replay", folder / "sound5.wav", "--model", folder / "heard", "--speech-gate", "off")
      #expect(replay.lines.contains { $0.contains("\"top\":\"") }, "\(replay.err)")
      // What a model has not cannot be trained on.
      let seen = try Command.run(
        ["finetune"]
          + toy.arguments("seen", ["--from", folder / "heard", "--modalities", "v", "--steps", "1"], list: "heard.csv"))
      #expect(seen.status == 64 && seen.err.contains("--modalities can only be a"), "\(seen.err)")
    }

    @Test func aRegressionIsValidated() throws {
      try folder.write(
        "values.csv", (0..<6).map { "face\($0) sound\($0).wav 0.\($0) -0.\(9 - $0)\n" }.joined())
      let run = try Command.run(
        ["finetune"]
          + toy.arguments(
            "run",
            TrainingToy.sizes + [
              "--attributes", "valence,arousal", "--loss", "ccc", "--steps", "3", "--val", folder / "values.csv",
            ], list: "values.csv"))
      let summary = try JSONValue(parsing: try #require(run.lines.first, "\(run.err)"))
      let eval = try Command.run("eval", "--model", folder / "run/last", "--data", folder / "values.csv")
      let metrics = try JSONValue(parsing: try #require(eval.lines.first))
      let found = try #require(summary["validation"]?["ccc"]?.elements).compactMap(\.double)
      let evaluated = ["valence", "arousal"].compactMap { metrics["ccc"]?[$0]?.double }
      #expect(found.count == 2 && evaluated.count == 2)
      // Training reads weights as they are and eval packs them, so sums have another order.
      let worst = zip(found, evaluated).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-5, "validation \(found), eval \(evaluated): \(worst) apart")

      // A regression goes on as one, without its attributes being named again.
      func further(_ options: String...) throws -> Command {
        let words = ["--from", folder / "run", "--steps", "1"] + options
        return try Command.run(["finetune"] + toy.arguments("further", words, list: "values.csv"))
      }
      let classes = try further("--loss", "ce")
      #expect(classes.status == 64 && classes.err.contains("give --labels"), "\(classes.err)")
      let more = try further()
      #expect(more.status == 0, "\(more.err)")
      #expect(try Command.run("model", "info", folder / "further").out.contains("valence, arousal"))
    }

    @Test func whatCannotBeTrainedIsRefusedBeforehand() throws {
      func refused(_ status: Int32, _ words: [String], _ options: [String] = [], list: String) throws {
        try folder.write("bad.csv", list)
        let run = try Command.run(
          ["finetune"]
            + toy.arguments(
              "run", TrainingToy.sizes + TrainingToy.labels + ["--steps", "2"] + options, list: "bad.csv"))
        #expect(run.status == status && run.errorLines.count == 1, "\(run)")
        for word in words { #expect(run.err.contains(word), "\(run.err)") }
        #expect(!folder.names.contains("run"))
      }
      let good = "face0 sound0.wav 0\nface1 sound1.wav 1\n"
      try refused(65, ["bad.csv:3", "“3”"], list: good + "face2 sound2.wav 3\n")
      try refused(65, ["no clip of class 2 (glad)", "--allow-empty-classes"], list: good)
      try refused(64, ["fewer than", "--accumulate"], ["--accumulate", "9"], list: good + "face2 sound2.wav 2\n")
      let conflict = try toy.finetune("run", "--steps", "2", "--no-augment", "--shift", "--speed", "0.9,1.1")
      #expect(conflict.status == 64 && conflict.err.contains("--no-augment switches --speed off"), "\(conflict)")
      let mirrored = try toy.finetune("run", "--steps", "2", "--no-augment", "--flip", "0.9")
      #expect(mirrored.status == 64 && mirrored.err.contains("--no-augment switches --flip off"), "\(mirrored)")
      let twice = try toy.finetune("run", "--steps", "2", "--data", folder / "list.csv")
      #expect(twice.status == 64 && twice.err.contains("--data was given 2 times"), "\(twice)")
      let rising = try toy.finetune("run", "--steps", "2", "--lr", "1e-4", "--min-lr", "1e-3")
      #expect(rising.status == 64 && rising.err.contains("--min-lr"), "\(rising)")
      let labels = folder / "labels.txt"
      let nameless = try Command.run(
        ["finetune"] + toy.arguments("run", TrainingToy.sizes + ["--labels", labels, "--steps", "2"]))
      #expect(nameless.status == 66 && nameless.err.contains("labels.txt: no such file"), "\(nameless)")
      let gone = try Command.run(
        ["finetune"] + toy.arguments("run", TrainingToy.labels + ["--steps", "2", "--from", folder / "gone"]))
      #expect(gone.status == 66 && gone.errorLines.count == 1 && !folder.names.contains("run"), "\(gone)")
    }

    /// The rate follows the clips that a step has, and names in a file are taken without what surrounds them.
    @Test func aBatchIsNoLargerThanTheList() throws {
      try folder.write("names.txt", "\u{FEFF}calm\r\n  angry \n\nglad\n")
      var rates: [Double] = []
      for (run, batch) in [("six", "6"), ("many", "160")] {
        let done = try Command.run(
          ["finetune"]
            + toy.arguments(
              run,
              TrainingToy.sizes + [
                "--labels", folder / "names.txt", "--modalities", "a", "--steps", "1", "--batch", batch,
              ])
        )
        #expect(done.status == 0 && done.err.contains("a batch is all 6") == (run == "many"), "\(done.err)")
        let log = try String(contentsOfFile: folder / "\(run)/log.jsonl", encoding: .utf8).split(separator: "\n")
        rates += try log.map { try JSONValue(parsing: String($0)) }.compactMap { $0["rate"]?.double }
        let config = try JSONValue(parsing: String(contentsOfFile: folder / "\(run)/config.json", encoding: .utf8))
        #expect(config["labels"]?.elements?.compactMap(\.string) == ["calm", "angry", "glad"])
      }
      #expect(rates.count == 2 && rates[0] == rates[1], "\(rates)")
    }

    @Test func aRunThatIsThereIsNotOverwritten() throws {
      #expect(try toy.finetune("run", "--steps", "1").status == 0)
      let again = try toy.finetune("run", "--steps", "1")
      #expect(again.status == 73 && again.errorLines.count == 1 && again.err.contains("--resume"), "\(again.err)")
      let other = try toy.finetune("run", "--steps", "1", "--resume", "--clip-grad", "2")
      #expect(other.status == 64 && other.err.contains("clip_grad: was none, is 2"), "\(other.err)")
    }

    @Test func publishedNamesAreUnderstood() throws {
      let run = try Command.run(
        ["finetune", "--data_path", folder / "list.csv", "--output_dir=\(folder / "run")", "--batch_size", "2"]
          + TrainingToy.sizes + TrainingToy.labels + [
            "--steps", "2", "--smoothing", "0", "--layer_decay=1", "--min_lr", "0",
          ])
      #expect(run.status == 0, "\(run.err)")
      let config = try JSONValue(parsing: try String(contentsOfFile: folder / "run/config.json", encoding: .utf8))
      #expect(config["objective"]?["label_smoothing"]?.double == 0)
      #expect(config["optimisation"]?["layer_decay"]?.double == 1)
      #expect(try !Command.run("finetune", "--help").out.contains("data_path"))
    }
  }
}
