import Foundation
import Glibc
import TestSupport
import Testing

extension MienTests {
  /// `mien model import` and `info`: what is refused leaves nothing, and says what to do.
  @Suite struct ModelCommandTests {
    private let folder: Folder
    private let weights: String

    init() throws {
      folder = try Folder()
      weights = folder / "weights.safetensors"
      try Fixtures.checkpoint(weights)
    }

    private func importing(_ checkpoint: String, _ options: String...) throws -> Command {
      try Command.run(["model", "import", checkpoint, "-o", folder / "model"] + options)
    }

    /// One line with each of `words`, and the folder as it was.
    private func refused(
      _ checkpoint: String, _ options: String..., status: Int32, says words: String...,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let before = folder.names
      let run = try Command.run(["model", "import", checkpoint, "-o", folder / "model"] + options)
      #expect(run.status == status && run.out.isEmpty, "\(run)", sourceLocation: sourceLocation)
      // What is wrong with the command line itself is followed by the usage.
      #expect(run.errorLines.count == 1 || run.err.contains("Usage:"), "\(run.err)", sourceLocation: sourceLocation)
      for word in words { #expect(run.err.contains(word), "\(run.err)", sourceLocation: sourceLocation) }
      #expect(folder.names == before, sourceLocation: sourceLocation)
    }

    @Test func brokenArchivesAreRefused() throws {
      let golden = Fixtures.root.appending(path: "Tests/CheckpointTests/Golden/protocol2.pth")
      let whole = try Data(contentsOf: golden)
      for part in [0, 3, whole.count / 2, whole.count - 10] {
        let cut = try folder.write("cut.pth", whole.prefix(part))
        try refused(cut, "--labels", "crema-d", status: 65, says: cut)
      }
      let text = try folder.write("text.pth", String(repeating: "I am no archive.\n", count: 50))
      try refused(text, "--labels", "crema-d", status: 65, says: text)
      try refused(folder / "none.pth", "--labels", "crema-d", status: 66, says: folder / "none.pth")
    }

    @Test func aPickleThatNamesAFunctionIsRefusedAndNotRun() throws {
      let hostile = try #require(Bundle.module.url(forResource: "Golden/os-system", withExtension: "pth")).path
      try refused(hostile, "--labels", "crema-d", status: 65, says: hostile, "os.system")
      #expect(access("executed-by-the-pickle", F_OK) != 0)
    }

    @Test func labelsAreNeverGuessed() throws {
      try refused(weights, status: 64, says: weights, "crema-d (6: anger", "mafw (11:", "--labels")
      try refused(weights, "--labels", "ravdess", status: 64, says: "--labels names 1", "crema-d (6:")
      try refused(weights, "--labels", "a,b", status: 64, says: "6 outputs", "--labels names 2")
      try refused(weights, "--labels", "mafw", status: 64, says: "6 outputs", "--labels names 11")
    }

    @Test func whatIsThereStays() throws {
      #expect(try importing(weights, "--labels", "crema-d", "--id", "first").status == 0)
      try refused(weights, "--labels", "crema-d", status: 73, says: folder / "model", "--force")
      let forced = try importing(weights, "--labels", "a,b,c,d,e,f", "--force")
      #expect(forced.status == 0 && folder.names == ["model", "weights.safetensors"], "\(forced.err)")
      #expect(try Command.run("model", "info", folder / "model").out.contains("a, b, c, d, e, f"))
      try folder.write("model/diary.txt", "mine")
      try refused(weights, "--labels", "crema-d", "--force", status: 73, says: "--force does not replace it")
    }

    @Test func weightsThatAreNotNumbersAreRefused() throws {
      try Fixtures.checkpoint(weights, broken: true)
      try refused(weights, "--labels", "crema-d", status: 65, says: weights, "nan")
    }

    @Test(arguments: [
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#,
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}}"#,
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,18446744073709551615]}}"#,
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}}"#,
    ]) func offsetsThatLieAreRefused(header: String) throws {
      let content = Fixtures.bytes(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: 24)
      let path = try folder.write("lying.safetensors", content)
      try refused(path, "--labels", "crema-d", status: 65, says: path)
    }

    /// A limit on the size of files stands for a disk that is full.
    @Test func aFullDiskLeavesNothing() throws {
      let before = folder.names
      let run = try Command.run(
        [
          "-c", "ulimit -f 100; exec \"$0\" \"$@\"", Command.path, "model", "import", weights, "-o", folder / "model",
          "--labels", "crema-d",
        ], tool: "/bin/sh")
      #expect(run.status == 74 && run.errorLines.count == 1 && run.err.contains(folder / "model"), "\(run)")
      #expect(folder.names == before)
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func anInterruptedImportLeavesNothing(number: Int32, status: Int32) throws {
      // The tiny published size, all zeros, as a file with a hole: 82 MB, long enough to be met while it is written.
      let large = folder / "large.safetensors"
      try Fixtures.emptyCheckpoint(large)
      // What an import that was killed has left is not ours to touch.
      try FileManager.default.createDirectory(atPath: folder / "model.1.tmp", withIntermediateDirectories: false)
      let before = folder.names
      let child = try Command.spawn(
        ["model", "import", large, "-o", folder / "model", "--labels", "crema-d"], out: "/dev/null",
        err: folder.path + ".err")
      defer { unlink(folder.path + ".err") }
      let isMet = Command.wait { folder.names.contains { $0.hasSuffix(".tmp") && $0 != "model.1.tmp" } }
      kill(child, number)
      #expect(isMet)
      #expect(try Command.reap(child).status == status)
      let said = try String(contentsOfFile: folder.path + ".err", encoding: .utf8)
      #expect(said.split(separator: "\n").count == 1 && said.contains("nothing was written"), "\(said)")
      #expect(folder.names == before)
      // And the next one is not disturbed.
      #expect(try importing(weights, "--labels", "crema-d").status == 0)
    }

    @Test func infoSaysWhatAModelIs() throws {
      #expect(try importing(weights, "--labels", "crema-d", "--id", "mine").status == 0)
      let plain = try Command.run("model", "info", folder / "model")
      #expect(
        plain.status == 0 && plain.out.contains("mine") && plain.out.contains("anger, disgust") && plain.err.isEmpty)
      let run = try Command.run("model", "info", folder / "model", "--json", "--verify")
      let info = try JSONValue(parsing: run.out)
      #expect(run.status == 0 && info["id"]?.string == "mine" && info["verified"]?.bool == true, "\(run.out)")
      #expect(info["parameters"]?.int ?? 0 > 100_000 && info["id2label"] != nil && info["modalities"] != nil)
      #expect(try Command.run("model", "info", folder / "none").status == 66)
    }

    @Test func verifyFindsChangedWeights() throws {
      #expect(try importing(weights, "--labels", "crema-d").status == 0)
      let path = folder / "model/model.safetensors"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // The lowest byte of the last number.
      bytes[bytes.count - 4] ^= 1
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(try Command.run("model", "info", folder / "model").status == 0)
      let run = try Command.run("model", "info", folder / "model", "--verify")
      #expect(run.status == 65 && run.errorLines.count == 1 && run.err.contains(path) && run.out.isEmpty, "\(run)")
    }

    @Test func aFullStdoutIs74AndAClosedPipeIsQuiet() throws {
      #expect(try importing(weights, "--labels", "crema-d").status == 0)
      for command in [["model", "info", folder / "model"], ["bench", "--model", folder / "model", "--runs", "1"]] {
        for options in [[], ["--json"]] {
          let full = try Command.run(command + options, stdout: "/dev/full")
          #expect(full.status == 74 && full.errorLines.count == 1 && full.err.contains("No space left"), "\(full)")
        }
        let closed = try Command.run(command, readingOnly: 0)
        #expect(closed.status == 0 && closed.err.isEmpty, "\(closed)")
      }
    }
  }
}
