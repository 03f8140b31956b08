import Foundation
import Glibc
import Testing

extension MienTests {
  /// What a terminal is shown while results go to a file.
  @Suite struct ProgressTests {
    /// Runs with a terminal of this width as stderr and gives back all that it was sent.
    private func terminal(_ width: UInt16, _ arguments: [String], environment: [String: String] = [:]) throws -> String
    {
      // posix_openpt and its kin are hidden from Swift; these are the requests that they make.
      let (unlock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))  // TIOCSPTLCK, TIOCGPTN
      let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
      var (locked, index) = (Int32(0), Int32(0))
      try #require(main >= 0 && ioctl(main, unlock, &locked) == 0 && ioctl(main, number, &index) == 0)
      defer { close(main) }
      var size = winsize(ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(main, UInt(TIOCSWINSZ), &size)
      let name = "/dev/pts/\(index)"
      // Held open, so that what was written is still there when the child has gone.
      let other = open(name, O_RDWR | O_NOCTTY)
      defer { close(other) }
      let child = try Command.spawn(arguments, out: "/dev/null", err: name, environment: environment)
      #expect(try Command.reap(child).status == 0)
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = read(main, &buffer, buffer.count)
      return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }

    @Test(arguments: [200, 80, 40, 20, 5]) func theBarFitsItsTerminal(width: Int) throws {
      let folder = try Folder()
      let model = try Fixtures.model(in: folder)
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 6))
      let shown = try terminal(
        UInt16(width), ["replay", clip, "--model", model, "--hop", "1.5", "-o", folder / "out.jsonl"],
        environment: ["NO_COLOR": "1", "TERM": "xterm"])
      let drawn = shown.split(separator: "\r").map { $0.replacing("\u{1b}[K", with: "") }
      #expect(!drawn.isEmpty && drawn.allSatisfy { $0.count < width && !$0.contains("\u{1b}") }, "\(drawn)")
      #expect(drawn.last == "", "the bar is gone at the end")
      if width >= 40 { #expect(drawn[0].contains(" of ") && drawn[0].contains("[") && drawn[0].contains("-]")) }
      if width >= 80 { #expect(drawn[0].contains("× real time")) }
    }

    @Test func thereIsNoBarWhereItWouldBeInTheWay() throws {
      let folder = try Folder()
      let model = try Fixtures.model(in: folder)
      let clip = try folder.write("clip.wav", Fixtures.sound(seconds: 4))
      let command = ["replay", clip, "--model", model, "-o", folder / "out.jsonl"]
      #expect(try terminal(80, command) != "")
      #expect(try terminal(80, command, environment: ["TERM": "dumb"]) == "")
      #expect(try terminal(80, command + ["--quiet"]) == "")
      #expect(try terminal(80, ["replay", clip, "--model", model, "-o", "/dev/stderr"]).contains("[K") == false)
    }

    @Test func anEvaluationShowsItsClips() throws {
      let folder = try Folder()
      let model = try Fixtures.model(in: folder)
      _ = try Fixtures.pictures(70, in: folder)
      try folder.write("a.wav", Fixtures.sound(seconds: 3))
      try folder.write("list", String(repeating: "faces a.wav 1\n", count: 4))
      let shown = try terminal(80, ["eval", "--model", model, "--data", folder / "list"])
      #expect(shown.contains("1 of 4 clips [##########-") && shown.hasSuffix("\r\u{1b}[K"), "\(shown.debugDescription)")
    }
  }
}
