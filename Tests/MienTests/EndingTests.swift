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

    /// Standard input that is open and gives this much, then nothing.
    private func stalled(_ content: some Sequence<UInt8>, lines: Int, _ number: Int32) throws -> Command {
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      // The child must not hold the writing end.
      _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
      defer { for end in ends { close(end) } }
      let child = try Command.spawn(
        ["replay", "-", "--model", model, "--hop", "0.32"], stdin: "/dev/fd/\(ends[0])", out: folder / "out",
        err: folder / "err")
      let bytes = Array(content)
      // More than a pipe holds goes out only while the child reads.
      try #require(bytes.isEmpty || bytes.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) } == bytes.count)
      let isReady = Command.wait {
        Command.handles(number, child)
          && (try? String(contentsOfFile: folder / "out", encoding: .utf8).split(separator: "\n").count) ?? 0 >= lines
      }
      #expect(isReady)
      usleep(100_000)
      kill(child, number)
      let status = try Command.reap(child).status
      return Command(
        status: status, out: try String(contentsOfFile: folder / "out", encoding: .utf8),
        err: try String(contentsOfFile: folder / "err", encoding: .utf8))
    }

    @Test(arguments: [(SIGINT, "sigint", Int32(130)), (SIGTERM, "sigterm", 143)])
    func aSignalEndsAWaitForStandardInput(number: Int32, reason: String, status: Int32) throws {
      let schema = try Fixtures.schema()
      // Nothing at all, a little of a header, and some seconds of sound.
      for (content, lines) in [(0, 0), (20, 0), (500_000, 3)] {
        let run = try stalled(Fixtures.sound(seconds: 60).prefix(content), lines: lines, number)
        #expect(run.status == status && run.err.isEmpty, "\(run)")
        let events = try run.lines.map { try JSONValue(parsing: $0) }
        #expect(events.first?["type"]?.string == "session.created" && events.count >= max(2, lines))
        #expect(events.last?["type"]?.string == "session.closed" && events.last?["reason"]?.string == reason)
        #expect(events.flatMap { schema.problems($0) } == [])
      }
    }

    @Test func theSecondCtrlCAborts() throws {
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
      defer { for end in ends { close(end) } }
      let child = try Command.spawn(
        ["replay", clip, "--model", model, "--hop", "0.01"], out: "/dev/fd/\(ends[1])", err: folder / "err")
      // Nobody reads: it ends up in a write that does not come back.
      var (held, steady) = (Int32(0), 0)
      let isStuck = Command.wait {
        var now: Int32 = 0
        _ = ioctl(ends[0], UInt(FIONREAD), &now)
        (steady, held) = (now == held && now > 32_000 ? steady + 1 : 0, now)
        return steady > 100
      }
      #expect(isStuck)
      kill(child, SIGINT)
      usleep(200_000)
      #expect(waitpid(child, nil, WNOHANG) == 0, "the first one waits for its reader")
      kill(child, SIGINT)
      #expect(try Command.reap(child).status == 130)
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
