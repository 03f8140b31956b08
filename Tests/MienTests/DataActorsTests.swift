import Foundation
import Testing

extension MienTests {
  @Suite struct DataActorsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test func theCeilingIsPrintedAndNothingWritten() throws {
      let run = try Command.run("data", "actors", "--ceiling")
      #expect(run.status == 0 && run.err.isEmpty && run.lines.count == 3, "\(run.err)")
      #expect(run.lines.map { $0.prefix { $0 != " " } } == ["voice", "face", "both"])
      #expect(run.lines.allSatisfy { $0.hasSuffix(" %") })
    }

    @Test func aSetThatIsMadeCanBeUsedAndIsNotMadeAgain() throws {
      // The folder above it is made with it.
      let out = folder / "made/actors"
      let run = try Command.run("data", "actors", "-o", out, "--clips", "3", "--threads", "2")
      #expect(run.status == 0 && run.out.isEmpty && run.err == "mien: \(out): 3 clips\n", "\(run.err)")
      // A study's runs are named by which clips a seed gives.
      let first = try String(contentsOfFile: "\(out)/actors.txt", encoding: .utf8).prefix { $0 != "\n" }
      let number = try #require(first.split(separator: " ").last)
      let script = try String(contentsOf: Fixtures.root.appending(path: "scripts/actors_study.py"), encoding: .utf8)
      #expect(script.contains("\nSET = \(number)\n"), "\(first)")
      for split in ["train", "val", "test"] {
        let checked = try Command.run("data", "check", "\(out)/\(split).csv")
        #expect(checked.status == 0, "\(checked.err)")
        #expect(try Command.run("data", "check", "\(out)/\(split)-values.csv", "--values", "2").status == 0)
        let both = try Command.run(
          "data", "check", "\(out)/\(split)-both.csv", "--labels", "crema-d", "--attributes", "valence,arousal")
        #expect(both.status == 0 && both.out.contains("clips with attributes"), "\(both.out)\(both.err)")
      }
      let again = try Command.run("data", "actors", "-o", out, "--clips", "3")
      #expect(
        again.status == 73 && again.errorLines.count == 1 && again.err.contains("3 clips already"), "\(again.err)")
    }

    @Test func aMissingProgramIsNamedAndNothingMade() throws {
      let run = try Command.run("data", "actors", "-o", folder / "actors", environment: ["PATH": folder.path])
      #expect(run.status == 69 && run.errorLines.count == 1, "\(run.err)")
      #expect(run.err.contains("apt-get install espeak-ng") && folder.names.isEmpty)
    }

    @Test func nonsenseIsRefused() throws {
      for options in [[], ["--ceiling", "-o", "x"], ["-o", "x", "--clips", "0"], ["-o", "x", "--threads", "0"]] {
        #expect(try Command.run(["data", "actors"] + options).status == 64, "\(options)")
      }
      // What is there and is not ours is left alone.
      #expect(try Command.run("data", "actors", "-o", folder.path).status == 73 && folder.names.isEmpty)
    }
  }
}
