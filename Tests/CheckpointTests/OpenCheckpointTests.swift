import Files
import Foundation
import Tensor
import TestSupport
import Testing

@testable import Checkpoint

@Suite struct OpenCheckpointTests {
  @Test func goesByContentNotExtension() throws {
    let scratch = try Scratch()
    let torch = try scratch.write(smallCheckpoint().content, "torch.safetensors")
    let store = try openCheckpoint(torch)
    #expect(store is TorchFile)
    try writeSafetensors(store, to: scratch.file("safe.pth"))
    let safe = try openCheckpoint(scratch.file("safe.pth"))
    #expect(safe is SafetensorsFile)
    #expect(safe.names == store.names)
    for name in store.names { #expect(try safe.values(of: name).array == store.values(of: name).array) }
  }

  @Test func saysWhatOtherFilesAre() throws {
    func problem(_ content: [UInt8]) throws -> String {
      try checkpointError { _ = try openCheckpoint(memory(content, "x")) }.description
    }
    #expect(try problem([]).contains("is empty"))
    let legacy: [UInt8] = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
    #expect(try problem(legacy).contains("torch.save(torch.load("))
    #expect(try problem([0x80, 4, 0x95, 1]).contains("bare pickle"))
    #expect(try problem([UInt8](repeating: 0, count: 257) + Array("ustar".utf8)).contains("tar archive"))
    #expect(try problem(Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains("git lfs pull"))
    #expect(try problem(Array("some text, long enough to be anything".utf8)).contains("neither"))
  }

  @Test func saysWhyAFileCannotBeOpened() throws {
    let scratch = try Scratch()
    let missing = try checkpointError { _ = try openCheckpoint(scratch.file("none.pth")) }
    #expect(missing.kind == .noInput && missing.description.contains("none.pth"))
    let folder = try checkpointError { _ = try openCheckpoint(scratch.path) }
    #expect(folder.kind == .noInput && folder.problem.contains("folder"))
    #expect(mkfifo(scratch.file("pipe"), 0o600) == 0)
    #expect(try checkpointError { _ = try openCheckpoint(scratch.file("pipe")) }.problem.contains("regular"))
  }

  @Test func computesSHA256() throws {
    let scratch = try Scratch()
    // The standard's own examples (FIPS 180-2, appendix B).
    #expect(
      try sha256(ofFile: scratch.write([], "empty"))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      try sha256(ofFile: scratch.write(Array("abc".utf8), "abc"))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try checkpointError { _ = try sha256(ofFile: scratch.file("none")) }.kind == .noInput)
  }

  @Test func findsTheFirstValueThatIsNotFinite() {
    var values = [Float](repeating: -.greatestFiniteMagnitude, count: 10_000)
    #expect(firstNonFinite(in: FloatBuffer(values)) == nil)
    values[9_999] = .nan
    #expect(firstNonFinite(in: FloatBuffer(values)) == 9_999)
    values[4_097] = -.infinity
    #expect(firstNonFinite(in: FloatBuffer(values)) == 4_097)
    #expect(firstNonFinite(in: FloatBuffer([])) == nil)
  }
}
