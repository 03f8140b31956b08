import Foundation
import TestSupport
import Testing

extension MienTests {
  /// `mien eval --senses` and `--missing`.
  @Suite struct EvalConditionsTests {
    private let toy: TrainingToy
    private let folder: Folder
    /// One with a head for each modality, and one that needs both.
    private let (versatile, plain): (String, String)

    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      for (name, options) in [("versatile", ["--modality-dropout", "0.5"]), ("plain", [])] {
        let run = try Command.run(
          ["finetune"]
            + toy.arguments(name, TrainingToy.sizes + TrainingToy.labels + ["--steps", "1", "--no-augment"] + options))
        #expect(run.status == 0, "\(run.err)")
      }
      (versatile, plain) = (folder / "versatile/last", folder / "plain/last")
    }

    private func eval(
      _ model: String, _ options: String..., list: String = "list.csv"
    ) throws -> (run: Command, report: JSONValue, lines: [JSONValue]) {
      let run = try Command.run(
        ["eval", "--model", model, "--data", folder / list, "-o", folder / "p.jsonl"] + options)
      let text = (try? String(contentsOfFile: folder / "p.jsonl", encoding: .utf8)) ?? ""
      return (
        run, try JSONValue(parsing: try #require(run.lines.first, "\(run.err)")),
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      )
    }

    /// A head alone gives what a list gives in which the clips have nothing else.
    @Test func aHeadIsScored() throws {
      try folder.write("heard.csv", (0..<6).map { "- sound\($0).wav \($0 % 3)\n" }.joined())
      let (one, other) = (
        try eval(versatile, "--senses", "a"), try eval(versatile, list: "heard.csv")
      )
      #expect(one.run.status == 0 && one.lines.count == 6, "\(one.run.err)")
      #expect(one.lines.map { $0["probabilities"] } == other.lines.map { $0["probabilities"] })
      #expect(one.report["senses"]?.string == "a" && other.report["senses"]?.isNull == true)
      #expect(one.report["windows"]?["answered"]?["audio"]?.int == 12)
      #expect(one.lines.allSatisfy { $0["views"]?.elements?.allSatisfy { $0["head"]?.string == "audio" } == true })
      let skipped = try eval(versatile, "--senses", "v", list: "heard.csv")
      #expect(skipped.report["skipped"]?.int == 6 && skipped.run.status == 65)

      let lacking = try Command.run("eval", "--model", plain, "--data", folder / "list.csv", "--senses", "v")
      #expect(lacking.status == 64 && lacking.out.isEmpty, "\(lacking.err)")
      #expect(
        lacking.err.contains("plain/last: has no head for --senses v; its heads: emotion (av)"), "\(lacking.err)")
    }

    /// The same choices for every model and any number of threads; a model that needs both answers less.
    @Test func windowsAreMissing() throws {
      let some = ["--missing", "video=0.5,audio=0.25", "--seed", "3"]
      let one = try eval(versatile, some[0], some[1], some[2], some[3], "--threads", "1")
      let two = try eval(versatile, some[0], some[1], some[2], some[3], "--threads", "2")
      #expect(one.run.status == 0 && one.lines == two.lines && one.report == two.report, "\(one.run.err)")
      #expect(one.report["missing"]?["audio"]?.double == 0.25 && one.report["seed"]?.int == 3)
      let needy = try eval(plain, some[0], some[1], some[2], some[3])
      #expect(needy.run.status == 0, "\(needy.run.err)")
      let heads = one.lines.flatMap { $0["views"]?.elements?.map { $0["head"]?.string } ?? [] }
      let answers = needy.lines.flatMap { $0["views"]?.elements?.map { $0["logits"]?.isNull == false } ?? [] }
      #expect(heads.count == 12 && answers == heads.map { $0 == "both" }, "\(heads)")
      #expect(needy.report["windows"]?["answered"]?["emotion"]?.int == heads.count { $0 == "both" })
      #expect(needy.report["windows"]?["unanswered"]?.int == heads.count { $0 != "both" })

      // At the ends there is no chance.
      let whole = try eval(versatile)
      #expect(try eval(versatile, "--missing", "video=0,audio=0").lines == whole.lines)
      let heard = try eval(versatile, "--missing", "video=1")
      #expect(heard.report["windows"]?["answered"]?["audio"]?.int == 12)
      let nothing = try eval(plain, "--missing", "audio=1")
      #expect(nothing.run.status == 0 && nothing.report["skipped"]?.int == 6, "\(nothing.run.err)")
      #expect(nothing.report["uar"]?.isNull == true && nothing.report["uar_of_all"]?.int == 0)
      #expect(nothing.lines.first?["reason"]?.string == "no window has what the model needs")
    }

    /// Folds lose the same windows as each list by itself.
    @Test func foldsLoseWindowsToo() throws {
      let missing = ["--missing", "video=0.5", "--seed", "1"]
      let run = try Command.run(
        [
          "eval", "--model", versatile, "--data", folder / "list.csv", "--model", plain, "--data", folder / "list.csv",
        ] + missing)
      #expect(run.status == 0, "\(run.err)")
      let report = try JSONValue(parsing: try #require(run.lines.first))
      let folds = try #require(report["folds"]?.elements)
      for (fold, model) in zip(folds, [versatile, plain]) {
        let alone = try eval(model, missing[0], missing[1], missing[2], missing[3])
        #expect(fold.without(["fold", "data"]) == alone.report)
      }
    }

    @Test(arguments: [
      ["--missing", "video=1.5"], ["--missing", "video"], ["--missing", "smell=1"], ["--missing", "video=0,video=1"],
      ["--missing", "audio=nan"], ["--missing", ""], ["--seed", "1"], ["--senses", "x"],
    ])
    func whatCannotBeIsRefused(options: [String]) throws {
      let run = try Command.run(["eval", "--model", plain, "--data", folder / "list.csv"] + options)
      #expect(run.status == 64 && run.out.isEmpty, "\(options): \(run.err)")
    }
  }
}
