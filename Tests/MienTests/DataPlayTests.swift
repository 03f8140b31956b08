import Foundation
import Media
import Sessions
import Testing

extension MienTests {
  /// `mien data play`, and its truth in `mien replay`.
  @Suite struct DataPlayTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func play(_ name: String, _ options: String...) throws -> Command {
      try Command.run(
        ["data", "play", "happiness:3", "anger:3:hidden", "-o", folder / name, "--seed", "3"] + options,
        environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test func aSessionComesOutAndIsReplayedBesideItsTruth() throws {
      let run = try play("eve")
      #expect(run.status == 0 && run.out.isEmpty && run.err == "mien: \(folder / "eve"): 6.0 s\n", "\(run.err)")
      let manifest = try SessionManifest(folder: folder / "eve")
      #expect(manifest.closedCleanly && manifest.model == nil && manifest.streams.first?.frames == 150)
      let truth = folder / "eve" + "/truth.tsv"
      #expect(
        try String(contentsOfFile: truth, encoding: .utf8)
          == "start\tend\temotion\n0.00\t3.00\thappiness\n3.00\t6.00\tanger\n")

      let text = try Command.run(
        "replay", folder / "eve", "--untrained", "nano", "--truth", truth, "--format", "text")
      #expect(text.status == 0, "\(text.err)")
      #expect(text.lines.first?.contains("untrained-nano") == true)
      #expect(text.lines.contains { $0.contains("truth: happiness") })
      #expect(text.lines.contains { $0.contains("no answer: no face") && $0.contains("truth: anger") }, "\(text.out)")
      #expect(text.lines.last?.hasPrefix("the right emotion leads in ") == true)
      // The stream stays what it is; the share goes to stderr.
      let json = try Command.run("replay", folder / "eve", "--untrained", "nano", "--truth", truth)
      let plain = try Command.run("replay", folder / "eve", "--untrained", "nano")
      #expect(json.lines.count == plain.lines.count && json.err.contains("the right emotion leads in "))
    }

    @Test func theStreamIsDrawn() throws {
      #expect(try play("eve").status == 0)
      let (session, picture) = (folder / "eve", folder / "eve.png")
      let options = ["replay", session, "--untrained", "nano", "--picture", picture]
      let run = try Command.run(options + ["--truth", session + "/truth.tsv"])
      #expect(run.status == 0, "\(run.err)")
      let drawn = try Data(contentsOf: URL(fileURLWithPath: picture))
      #expect(drawn.starts(with: [0x89, 0x50, 0x4e, 0x47]) && drawn.count > 20_000, "\(drawn.count)")
      #expect(try Command.run(options).status == 0)
      let bare = try Data(contentsOf: URL(fileURLWithPath: picture))
      // The truth is a part of the picture.
      #expect(bare != drawn && bare.count > 20_000)
      // Sound alone is drawn, too: nobody is seen.
      let sound = try folder.write("clip.wav", Fixtures.sound(seconds: 4))
      #expect(try Command.run("replay", sound, "--untrained", "nano", "--picture", picture).status == 0)
    }

    @Test func theSameCommandGivesTheSameBytes() throws {
      for name in ["one", "two"] { #expect(try play(name).status == 0) }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder / "one").sorted()
      #expect(
        names == [
          "chunks.tsv", "emotions.jsonl", "faces.tsv", "frames.tsv", "manifest.json", "session.mkv", "truth.tsv",
        ])
      for name in names {
        let same = FileManager.default.contentsEqual(
          atPath: folder / "one" + "/" + name, andPath: folder / "two" + "/" + name)
        #expect(same, "\(name)")
      }
    }

    @Test func nonsenseIsRefused() throws {
      for words in [[], ["joy:4"], ["anger"], ["anger:4", "--quality", "0"], ["anger:4", "--actor", "-1"]] {
        #expect(try Command.run(["data", "play", "-o", folder / "x"] + words).status == 64, "\(words)")
      }
      #expect(try play("eve").status == 0)
      #expect(try play("eve").status == 73)
      let wrong = try folder.write("truth.tsv", "start\tend\temotion\n0\t1\tjoy\n")
      let joy = try Command.run("replay", folder / "eve", "--untrained", "nano", "--truth", wrong)
      #expect(joy.status == 65 && joy.errorLines.count == 1 && joy.err.contains("line 2: 'joy'"), "\(joy.err)")
      let gone = try Command.run("replay", folder / "eve", "--untrained", "nano", "--truth", folder / "gone.tsv")
      #expect(gone.status == 66)
    }
  }
}
