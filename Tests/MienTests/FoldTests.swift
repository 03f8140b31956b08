import Foundation
import Glibc
import TestSupport
import Testing

extension MienTests {
  /// `mien eval` with several models and lists.
  @Suite struct FoldTests {
    private let folder: Folder

    /// Two models of other weights, and a list for each.
    init() throws {
      folder = try Folder()
      for (name, seed) in [("a", UInt32(1)), ("b", 2)] {
        try Fixtures.checkpoint(folder / "\(name).safetensors", outputs: 3, seed: seed)
        try importing(name, as: "model-\(name)", labels: "calm,angry,glad")
      }
      _ = try Fixtures.pictures(20, in: folder)
      for i in 0..<5 { try folder.write("\(i).wav", Fixtures.sound(seconds: 1 + 0.3 * Double(i))) }
      try folder.write("a.csv", "faces 0.wav 0\nfaces 1.wav 1\n- 1.wav 1\n")
      try folder.write("b.csv", "faces 2.wav 2\nfaces 3.wav 1\nfaces 4.wav 0\n")
    }

    private func importing(_ name: String, as model: String, labels: String) throws {
      let made = try Command.run(
        "model", "import", folder / "\(name).safetensors", "-o", folder / model, "--labels", labels)
      #expect(made.status == 0, "\(made.err)")
    }

    private func pair(_ name: String) -> [String] {
      ["--model", folder / "model-\(name)", "--data", folder / "\(name).csv"]
    }

    private func lines(_ path: String) throws -> [JSONValue] {
      try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        try JSONValue(parsing: String($0))
      }
    }

    /// Each list is answered by its own model, as if it were alone; the pool is counted from the predictions.
    @Test func everyFoldIsItsOwnEvaluation() throws {
      let run = try Command.run(["eval"] + pair("a") + pair("b") + ["-o", folder / "p.jsonl"])
      #expect(run.status == 0 && run.lines.count == 1, "\(run.err)")
      #expect(run.errorLines.count == 2 && run.errorLines[1].contains("fold 2 of 2: "), "\(run.err)")
      let found = try JSONValue(parsing: try #require(run.lines.first))
      let folds = try #require(found["folds"]?.elements)
      let predictions = try lines(folder / "p.jsonl")
      #expect(predictions.map { $0["fold"]?.int } == [1, 1, 1, 2, 2, 2])
      for (i, name) in ["a", "b"].enumerated() {
        let alone = try Command.run(["eval"] + pair(name) + ["-o", folder / "\(name).jsonl"])
        #expect(
          alone.status == 0 && alone.errorLines.allSatisfy { $0.hasSuffix("for this model in them") }, "\(alone.err)")
        #expect(folds[i].without(["fold", "data"]) == (try JSONValue(parsing: alone.out)))
        #expect(folds[i]["data"]?.string == folder / "\(name).csv")
        #expect(try lines(folder / "\(name).jsonl") == predictions[3 * i..<3 * i + 3].map { $0.without(["fold"]) })
      }
      #expect(folds[0]["model"] != folds[1]["model"])

      var (right, answered) = (0, 0)
      for line in predictions {
        guard let answer = line["probabilities"], !answer.isNull else { continue }
        let values = answer.keys.map { answer[$0]?.double ?? -1 }
        answered += 1
        right += values.firstIndex(of: values.max() ?? 0) == line["label"]?.int ? 1 : 0
      }
      let pooled = try #require(found["pooled_over_clips"])
      #expect(pooled["evaluated"]?.int == 5 && answered == 5 && pooled["skipped"]?.int == 1)
      #expect(pooled["war"]?.double == Double(right) / 5)
      let wars = folds.compactMap { $0["war"]?.double }
      #expect(found["mean_over_folds"]?["war"]?.double == (wars[0] + wars[1]) / 2)
    }

    @Test func whatIsNoPairIsRefused() throws {
      func refused(_ arguments: [String], _ status: Int32, _ words: String...) throws {
        let run = try Command.run(["eval", "-o", folder / "p.jsonl"] + arguments)
        #expect(run.status == status && run.out.isEmpty && !folder.names.contains { $0.hasPrefix("p.jsonl") })
        for word in words { #expect(run.err.contains(word), "\(run.err)") }
      }
      try importing("b", as: "turned", labels: "angry,calm,glad")
      try importing("b", as: "others", labels: "calm,angry,sad")
      func with(_ model: String) -> [String] { ["--model", folder / model, "--data", folder / "b.csv"] }
      try refused(pair("a") + with("turned"), 65, "turned: has its labels in another order", "model-a")
      try refused(pair("a") + with("others"), 65, "others: has other labels: calm, angry, sad")
      try refused(pair("a") + ["--data", folder / "b.csv"], 64, "1 --model and 2 --data")
      try refused(pair("a") + ["--model", folder / "model-b"], 64, "2 --model and 1 --data")
      try refused(["--untrained", "tiny"] + pair("a") + pair("b"), 64, "exclude each other")
      // The second fold's list is read before the first one's clips are.
      try folder.write("b.csv", "faces 2.wav 3\n")
      try refused(pair("a") + pair("b"), 65, "b.csv:1", "“3”")
    }

    @Test func aBrokenClipIsNamedWithItsList() throws {
      try folder.write("b.csv", "faces 2.wav 2\nfaces gone.wav 1\nfaces 1.wav 1\n")
      let run = try Command.run(["eval"] + pair("a") + pair("b"))
      #expect(run.status == 65, "\(run.err)")
      // The clip of both lists first.
      let lines = run.errorLines
      #expect(lines.first?.contains("1 of its clips are in other folds too (\(folder / "a.csv"))") == true, "\(lines)")
      #expect(lines.contains { $0.contains("b.csv:2: ") && $0.contains("gone.wav") }, "\(lines)")
      #expect(lines.last?.hasSuffix("b.csv: 1 of 3 clips could not be evaluated") == true, "\(lines)")
      let found = try JSONValue(parsing: try #require(run.lines.first))
      #expect(found["pooled_over_clips"]?["failed"]?.int == 1 && found["pooled_over_clips"]?["clips"]?.int == 6)
    }

    @Test func anInterruptKeepsWhatWasPredicted() throws {
      try folder.write("b.csv", String(repeating: "faces 2.wav 2\n", count: 500))
      let child = try Command.spawn(
        ["eval"] + pair("a") + pair("b") + ["-o", folder / "p.jsonl"], out: folder / "out", err: folder / "err")
      let kept = folder / "p.jsonl.partial"
      #expect(Command.wait { (try? lines(kept).count) ?? 0 > 3 })
      kill(child, SIGINT)
      #expect(try Command.reap(child).status == 130)
      let text = try String(contentsOfFile: folder / "err", encoding: .utf8)
      #expect(text.contains("of 503 clips; their predictions stay in \(kept)"), "\(text)")
      #expect(try lines(kept).last?["fold"]?.int == 2)
    }
  }
}
