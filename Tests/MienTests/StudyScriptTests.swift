import Foundation
import Testing

extension MienTests {
  /// The scripts around the default model, as far as seconds allow: what they would run, and the table that they write.
  @Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: StudyScript.python)))
  struct StudyScriptTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func script(_ name: String, _ arguments: [String]) throws -> Command {
      let path = Fixtures.root.appending(path: "scripts/\(name)").path
      // No byte code is left beside the sources.
      return try Command.run(
        [path, "--cache", folder / "cache"] + arguments,
        environment: ["HOME": folder.path, "PYTHONDONTWRITEBYTECODE": "1"], tool: StudyScript.python)
    }

    /// Every planned command as its words behind `+ mien`.
    private func plan(_ name: String, _ arguments: String...) throws -> [[String]] {
      let run = try script(name, ["--plan"] + arguments)
      #expect(run.status == 0 && folder.names.isEmpty, "\(run.err)")
      return run.errorLines.filter { $0.hasPrefix("+ mien ") }.map { line in
        // What stands in quotes is a text, not words of the command.
        let parts = line.dropFirst(7).split(separator: "'", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 0 }.flatMap { parts[$0].split(separator: " ").map(String.init) }
      }
    }

    @Test func theDefaultModelsPlanIsWhatMienUnderstands() throws {
      let commands = try plan("make-default-model")
      let verbs = commands.map { $0[0] }
      for (earlier, later) in [
        ("pretrain", "finetune"), ("finetune", "model"), ("model", "calibrate"), ("calibrate", "eval"),
      ] {
        let places = [earlier, later].compactMap { verbs.firstIndex(of: $0) }
        #expect(places.count == 2 && places[0] < places[1], "\(verbs)")
      }
      for words in commands {
        let verb = words.prefix { !$0.hasPrefix("-") }.prefix(
          ["data", "model", "calibrate"].contains(words[0]) ? 2 : 1)
        let help = try Command.run(Array(verb) + ["--help"]).out
        for flag in words where flag.hasPrefix("--") { #expect(help.contains(flag), "\(verb) \(flag)") }
      }
    }

    @Test func cellsThatBeginAlikeSharePretraining() throws {
      let commands = try plan("actors-table", "--results", folder / "results", "--seeds", "0", "1")
      let made = commands.filter { $0[0] == "pretrain" }
      // Full, without skips, without contrast; two seeds.
      #expect(made.count == 6 && made.filter { $0.contains("--no-skips") }.count == 2)
      #expect(commands.filter { $0[0] == "finetune" }.count == 18 && commands.filter { $0[0] == "eval" }.count == 18)
      let folders = commands.compactMap { words in words.firstIndex(of: "-o").map { words[$0 + 1] } }
      #expect(Set(folders).count == folders.count)
    }

    @Test func ceilingsAreThoseThatMienCounts() throws {
      let counted = try Command.run("data", "actors", "--ceiling")
      let script = try String(contentsOf: Fixtures.root.appending(path: "scripts/actors_study.py"), encoding: .utf8)
      for (sense, name) in [("voice", "sound"), ("face", "picture"), ("both", "both")] {
        let line = try #require(counted.lines.first { $0.hasPrefix(sense) }, "\(counted)")
        let rate = try #require(line.split(separator: " ").dropFirst().first)
        #expect(script.contains("\"\(name)\": \(rate)"), "\(line)")
      }
    }

    private func cell(_ name: String, seed: Int, war: Double, recipe: String = "same") throws {
      try FileManager.default.createDirectory(atPath: folder / "results", withIntermediateDirectories: true)
      try folder.write(
        "results/\(name)-\(seed).json",
        """
        {"cell": "\(name)", "seed": \(seed), "uar": \(war), "war": \(war), "clips": 300, "steps": 900,
         "minutes": {"finetune": 6}, "precision": "\(seed == 0 ? "f32" : "bf16")", "recipe": "\(recipe)", "settings": {"data": {"seed": 1, "clips": 1500}}}
        """)
    }

    @Test func theTableHasMeansAndSpreads() throws {
      for (seed, war) in [0.90, 0.92, 0.94].enumerated() { try cell("both-pretrained", seed: seed, war: war) }
      for (seed, war) in [0.80, 0.82, 0.84].enumerated() { try cell("both-scratch", seed: seed, war: war) }
      for (seed, war) in [0.91, 0.92, 0.93].enumerated() { try cell("both-without-skips", seed: seed, war: war) }
      let page = try folder.write(
        "page.md",
        "# Page\n\nMine.\n\n<!-- actors-table: made by scripts/actors-table --report -->\nold\n<!-- actors-table: end -->\nMine, too.\n"
      )
      let run = try script("actors-table", ["--report", "--results", folder / "results", "--page", page])
      #expect(run.status == 0, "\(run.err)")
      let text = try String(contentsOfFile: page, encoding: .utf8)
      #expect(text.hasPrefix("# Page\n\nMine.\n") && text.hasSuffix("\nMine, too.\n") && !text.contains("\nold\n"))
      #expect(text.contains("| both | pre-trained | 92.0 ± 2.0 | 92.0 ± 2.0 | 3 |"), "\(text)")
      #expect(text.contains("| pre-training, both senses | +10.0 | yes |"))
      #expect(text.contains("\nComputed in bf16 (6), f32 (3).\n"))
      #expect(text.contains("| skip connections in pre-training | +0.0 | no |"))
      // One seed has no spread, and is compared with the same seed.
      try cell("sound-pretrained", seed: 0, war: 0.6)
      #expect(try script("actors-table", ["--report", "--results", folder / "results", "--page", page]).status == 0)
      let single = try String(contentsOfFile: page, encoding: .utf8)
      #expect(single.contains("| both senses over sound alone | +30.0 | one seed |"), "\(single)")
      // Cells of two recipes are no table.
      try cell("sound-scratch", seed: 0, war: 0.6, recipe: "other")
      let mixed = try script("actors-table", ["--report", "--results", folder / "results", "--page", page])
      #expect(mixed.status == 1 && mixed.err.contains("different settings"))
    }
  }
}

enum StudyScript {
  static let python = "/usr/bin/python3"
}
