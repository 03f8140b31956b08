import Foundation
import Glibc
import TestSupport
import Testing

extension MienTests {
  /// How a replay ends early: signals, closed pipes, full disks.
  @Suite struct EndingTests {
    private let folder: Folder
    private let model: String
    private let clip: String

    init() throws {
      folder = try Folder()
      model = try Fixtures.model(in: folder)
      clip = try folder.write("long.wav", Fixtures.sound(seconds: 60))
    }

    @Test(arguments: [(SIGINT, "sigint", Int32(130)), (SIGTERM, "sigterm", 143)])
    func theFirstSignalFinishesTheStream(number: Int32, reason: String, status: Int32) throws {
      let run = try Command.run("replay", clip, "--model", model, "--speed", "4", signals: [(2, number)])
      #expect(run.status == status && run.err.isEmpty, "\(run.err)")
      let last = try JSONValue(parsing: try #require(run.lines.last))
      #expect(last["type"]?.string == "session.closed" && last["reason"]?.string == reason)
      #expect(last["windows"]?.int ?? 0 < 100)
      #expect(try Fixtures.schema().problems(last) == [])
    }

    @Test func aStreamThatIsWatchedIsWholeAfterCtrlC() throws {
      let run = try Command.run(
        "replay", clip, "--model", model, "--speed", "4", "-o", "/dev/stdout", signals: [(2, SIGINT)])
      #expect(run.status == 130 && run.lines.last?.contains("\"sigint\"") == true)
    }

    @Test func aClosedPipeIsAQuietEnd() throws {
      let run = try Command.run("replay", clip, "--model", model, readingOnly: 100)
      #expect(run.status == 0 && run.err.isEmpty, "\(run.err)")
    }

    @Test func aFullDiskIs74AndLeavesNothing() throws {
      let full = try Command.run("replay", clip, "--model", model, stdout: "/dev/full")
      #expect(full.status == 74 && full.errorLines.count == 1 && full.err.contains("No space left"))
      let file = try Command.run("replay", clip, "--model", model, "-o", "/dev/full")
      #expect(file.status == 74 && file.errorLines.count == 1 && file.err.contains("/dev/full"))
      let list = try folder.write("list", "- long.wav 0\n")
      let metrics = try Command.run("eval", "--model", model, "--data", list, stdout: "/dev/full")
      #expect(metrics.status == 74 && metrics.errorLines.count == 1)
    }

    @Test func aLinkStaysALink() throws {
      let short = try folder.write("short.wav", Fixtures.sound(seconds: 1))
      let real = try folder.write("real.jsonl", "old\n")
      try FileManager.default.createSymbolicLink(atPath: folder / "link.jsonl", withDestinationPath: real)
      #expect(try Command.run("replay", short, "--model", model, "-o", folder / "link.jsonl").status == 0)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder / "link.jsonl") == real)
      #expect(try String(contentsOfFile: real, encoding: .utf8).hasPrefix("{\"type\":\"session.created\""))
    }

    @Test func aFolderThatIsNotThereIs74() throws {
      let run = try Command.run("replay", clip, "--model", model, "-o", folder / "no/such/stream.jsonl")
      #expect(run.status == 74 && run.errorLines.count == 1 && run.out.isEmpty)
      #expect(try Command.run("replay", clip, "--model", model, "-o", folder.path).status == 74)
    }
  }
}
