import Foundation
import Testing

extension MienTests {
  @Suite struct UsageTests {
    @Test func helpAndVersionSucceed() throws {
      #expect(try Command.run("--version").out.contains("."))
      for arguments in [["--help"], ["replay", "--help"], ["eval", "--help"], ["help", "replay"], []] {
        let run = try Command.run(arguments)
        #expect(run.status == 0 && run.out.contains("USAGE") && run.err.isEmpty, "\(arguments)")
      }
      #expect(try Command.run("replay", "--help").out.contains("(default: 0.32)"))
    }

    @Test(arguments: [
      ["replay"], ["--nonsense"], ["replay", "a", "--hop", "0"], ["replay", "a", "--hop", "nan"],
      ["replay", "a", "--speed", "-1"], ["replay", "a", "--speed", "1e-10"], ["live", "--face", "none"],
      ["live", "--listen", "tcp:localhost:99999"], ["replay", "a", "--speed", "fast"],
      ["replay", "a", "--threads", "0"],
      ["replay", "a", "--face", "mine"], ["replay", "a", "--format", "xml"], ["replay", "a", "--fps", "25"],
      ["replay", "a", "--landmarks-any"], ["replay", "a", "--model", "x", "--untrained", "tiny"],
      ["replay", "a", "-v", "-q"], ["eval"], ["eval", "--data", "x", "--views", "0"],
      ["eval", "--data", "x", "-o", "-"],
    ]) func aCommandLineThatMakesNoSenseIs64(arguments: [String]) throws {
      let run = try Command.run(arguments)
      #expect(run.status == 64 && run.out.isEmpty && run.err.contains("Usage:"), "\(run)")
    }

    /// The limits are the architecture's.
    @Test(arguments: [
      (["--dim", "65"], "--dim must be a multiple of 64."),
      (["--dim", "8192"], "--dim and depths must be at most 4096."),
      (["--depth", "5000"], "--dim and depths must be at most 4096."),
      (["--decoder-dim", "65"], "--decoder-dim must be a multiple of 64."),
      (["--decoder-dim", "8192"], "--decoder-dim must be a multiple of 64."),
      (["--size", "nano", "--skip-layers", "2,9"], "--skip-layers: not the weights of a HiCMAE: layers [2, 9]"),
    ]) func sizesThatNoNetworkHasAreRefused(options: [String], reason: String) throws {
      let folder = try Folder()
      try folder.write("list.csv", "faces sound.wav\n")
      let run = try Command.run(["pretrain", "--data", folder / "list.csv", "-o", folder / "run"] + options)
      #expect(run.status == 64 && run.err.contains(reason), "\(run.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "run"))
    }

    @Test func anOutputThatWouldEatItsInputIsRefused() throws {
      let folder = try Folder()
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 1))
      #expect(try Command.run("replay", clip, "--untrained", "tiny", "-o", folder / "./clip.wav").status == 64)
      #expect(try Command.run("replay", clip, "--untrained", "tiny", "--picture", clip).status == 64)
      #expect(try Data(contentsOf: URL(fileURLWithPath: clip)).count > 1000)
      let one = try Command.run(
        "replay", clip, "--untrained", "tiny", "-o", folder / "x", "--picture", folder / "./x")
      #expect(one.status == 64 && one.err.contains("are one file"), "\(one.err)")
      // Nor a file of a session, whatever it is called there.
      try FileManager.default.createDirectory(atPath: folder / "session", withIntermediateDirectories: true)
      for name in ["manifest.json", "frames.tsv"] { try folder.write("session/\(name)", "{}") }
      let session = try Command.run("replay", folder / "session", "-o", folder / "session/frames.tsv")
      #expect(session.status == 64 && session.err.contains("would overwrite"), "\(session.err)")
      #expect(try String(contentsOfFile: folder / "session/frames.tsv", encoding: .utf8) == "{}")
      // What an earlier replay wrote there is not read.
      try folder.write("session/answers.jsonl", "{}")
      let again = try Command.run("replay", folder / "session", "-o", folder / "session/answers.jsonl")
      #expect(again.status != 64, "\(again.err)")
    }

    @Test func aTokenThatIsNoneIsTheUsersError() throws {
      let run = try Command.run("live", "--untrained", "nano", "--listen", "tcp:0", "--listen-token", "abc")
      #expect(run.status == 64 && run.err.contains("8 to 256"), "\(run.err)")
    }

    @Test func withoutAModelThePlacesAreNamed() throws {
      let folder = try Folder()
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 1))
      let lonely = try Command.copy(in: folder)
      let none = try Command.run(["replay", clip], environment: ["XDG_DATA_HOME": folder.path], tool: lonely)
      #expect(none.status == 66 && none.errorLines.count == 1)
      #expect(none.err.contains("$MIEN_MODEL") && none.err.contains("\(folder.path)/mien/models"))
      #expect(none.err.contains("mien model import") && none.err.contains("make default-model"))
      let wrong = try Command.run("replay", clip, environment: ["MIEN_MODEL": folder / "nothing"])
      #expect(wrong.status == 66 && wrong.errorLines.count == 1 && wrong.err.contains(folder / "nothing"))
    }

    @Test func theOnlyModelInTheDataFolderIsFound() throws {
      let folder = try Folder()
      let models = folder / "mien/models"
      try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 1))
      let made = try Fixtures.model(in: folder)
      try FileManager.default.moveItem(atPath: made, toPath: models + "/one")
      let lonely = try Command.copy(in: folder)
      #expect(try Command.run(["replay", clip], environment: ["XDG_DATA_HOME": folder.path], tool: lonely).status == 0)
      try FileManager.default.copyItem(atPath: models + "/one", toPath: models + "/two")
      let several = try Command.run(["replay", clip], environment: ["XDG_DATA_HOME": folder.path], tool: lonely)
      #expect(several.status == 64 && several.err.contains("/one") && several.err.contains("/two"))
    }
  }
}
