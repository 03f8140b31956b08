import Files
import Foundation
import Tensor
import Testing

@testable import Checkpoint

/// Writing that fails leaves nothing behind.
@Suite struct WriteFailureTests {
  private struct Broken: Error {}

  /// A store whose second tensor cannot be read, as a damaged archive's.
  private struct HalfStore: TensorStore {
    let names = ["a", "b"]
    func shape(of name: String) -> [Int]? { [600_000] }
    func values(of name: String) throws -> FloatBuffer {
      if name == "b" { throw Broken() }
      return FloatBuffer(count: 600_000)
    }
  }

  @Test func anUnreadableTensorLeavesNothing() throws {
    let scratch = try Scratch()
    #expect(throws: Broken.self) { try writeSafetensors(HalfStore(), to: scratch.file("w")) }
    #expect(scratch.contents == [])
  }

  @Test func aFailureKeepsTheOldFile() throws {
    let scratch = try Scratch()
    let old = try scratch.write([1, 2, 3], "w")
    #expect(throws: Broken.self) { try writeSafetensors(HalfStore(), to: old) }
    #expect(scratch.contents == ["w"])
    #expect(FileManager.default.contents(atPath: old) == Data([1, 2, 3]))
  }

  @Test func aMissingFolderIsSaid() throws {
    let scratch = try Scratch()
    let error = try checkpointError { try writeSafetensors(MemoryStore(), to: scratch.file("no/where")) }
    #expect(error.kind == .cannotWrite && error.description.contains("no/where"))
  }

  @Test func aNameTakenByAFolderIsSaid() throws {
    let scratch = try Scratch()
    let error = try checkpointError { try writeSafetensors(MemoryStore(), to: scratch.path) }
    #expect(error.kind == .cannotWrite)
    let beside = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
    #expect(!beside.contains { $0.hasSuffix(".tmp") && $0.contains((scratch.path as NSString).lastPathComponent) })
  }

  /// A full disk, as a limit on the size of files: in a process of its own, since limits are the process's.
  @Test func aFullDiskLeavesNothing() async throws {
    await #expect(processExitsWith: .exitCode(74)) {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
      guard let scratch = try? Scratch() else { exit(2) }
      var store = MemoryStore()
      store.add("a", shape: [1 << 20], values: FloatBuffer(count: 1 << 20))
      do {
        try writeSafetensors(store, to: scratch.file("w"))
        exit(3)
      } catch let error as FileError {
        let clean = scratch.contents.isEmpty && error.kind == .cannotWrite && error.remedy != nil
        try? FileManager.default.removeItem(atPath: scratch.path)
        exit(clean ? 74 : 4)
      }
    }
  }
}
