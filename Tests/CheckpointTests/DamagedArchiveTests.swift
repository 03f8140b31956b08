import Files
import Tensor
import TestSupport
import Testing

@testable import Checkpoint

/// Archives that are cut, flipped, compressed or not archives at all.
@Suite struct DamagedArchiveTests {
  @Test func everyTruncationIsAnError() throws {
    let whole = smallCheckpoint().content
    for length in 0..<whole.count {
      _ = try checkpointError { _ = try openCheckpoint(memory(Array(whole[..<length]))) }
    }
  }

  /// A flipped bit is refused, or does no harm: then every value is as it was. CRCs guard what matters.
  @Test func flippedBitsAreRefusedOrHarmless() throws {
    let whole = smallCheckpoint().content
    var refused = 0
    for bit in 0..<8 * whole.count {
      var damaged = whole
      damaged[bit / 8] ^= 1 << (bit % 8)
      do {
        let store = try TorchFile(memory(damaged))
        #expect(store.names == ["a", "b"], "bit \(bit)")
        #expect(try store.values(of: "a").array == [1, 2, 3, 4, 5, 6], "bit \(bit)")
        #expect(try store.values(of: "b").array == [0.5, -2], "bit \(bit)")
        #expect(try store.values(of: "steps").array == [9], "bit \(bit)")
      } catch is FileError { refused += 1 }
    }
    #expect(refused > 7 * whole.count, "only \(refused) of \(8 * whole.count) were refused")
  }

  @Test func namesTheMemberWithADamagedCRC() throws {
    var whole = smallCheckpoint().content
    let storage = bytes([1, 2, 3, 4, 5, 6])
    let at = try #require((0..<whole.count - 24).first { Array(whole[$0..<$0 + 24]) == storage })
    whole[at + 5] ^= 1
    let store = try TorchFile(memory(whole, "x.pth"))
    let error = try checkpointError { _ = try store.values(of: "a") }
    #expect(error.description.contains("x.pth") && error.problem.contains("archive/data/0"), "\(error)")
    #expect(error.problem.contains("CRC"))
  }

  /// Compression is refused before anything is unpacked, so no member is larger than the file.
  @Test func refusesCompression() throws {
    var archive = smallCheckpoint()
    archive.method = 8
    #expect(try checkpointError { _ = try TorchFile(memory(archive.content)) }.problem.contains("compressed"))
  }

  @Test func refusesSizesBeyondTheFile() throws {
    // The sizes of the first member, in the directory and in its own header, claim 4 GB.
    let whole = smallCheckpoint().content
    let directory = try #require((0..<whole.count).first { Array(whole[$0..<$0 + 4]) == bytes(UInt32(0x0201_4b50)) })
    var damaged = whole
    damaged.replaceSubrange(directory + 20..<directory + 28, with: bytes(UInt64(0xffff_fff0_ffff_fff0)))
    damaged.replaceSubrange(18..<26, with: bytes(UInt64(0xffff_fff0_ffff_fff0)))
    _ = try checkpointError { _ = try TorchFile(memory(damaged)) }
  }

  @Test func refusesDuplicateMembers() throws {
    var archive = smallCheckpoint()
    archive.members.append(archive.members[2])
    // libzip may notice first.
    _ = try checkpointError { _ = try TorchFile(memory(archive.content)) }
    archive = smallCheckpoint()
    archive.members.append(("other/data.pkl", archive.members[0].content))
    #expect(try checkpointError { _ = try TorchFile(memory(archive.content)) }.problem.contains("2 members data.pkl"))
  }

  @Test func refusesBigEndianAndScripts() throws {
    var archive = smallCheckpoint()
    archive.members[1].content = Array("big".utf8)
    #expect(try checkpointError { _ = try TorchFile(memory(archive.content)) }.problem.contains("little-endian"))
    archive = smallCheckpoint()
    archive.members.append(("archive/constants.pkl", []))
    #expect(try checkpointError { _ = try TorchFile(memory(archive.content)) }.problem.contains("TorchScript"))
    archive.members = [("a.txt", [1])]
    #expect(try checkpointError { _ = try TorchFile(memory(archive.content)) }.problem.contains("without data.pkl"))
  }
}
