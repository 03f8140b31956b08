// Feeds bytes to the reader of PyTorch files: they are refused, or every tensor's values can be asked for.
//
// A CRC hides the pickle from the fuzzer, so an input that does not start like a zip archive is taken for a pickle, and
// an archive with a right CRC is built around it.
import Checkpoint

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: data, count: size)
  let isArchive = input.starts(with: Array("PK".utf8))
  let file = isArchive ? Array(input) : archive(pickle: Array(input))
  file.withUnsafeBytes { bytes in
    guard let store = try? TorchFile(bytes: bytes, name: "fuzz") else { return }
    for name in store.names + store.skippedNames {
      // A CRC may still be wrong here, so an error is no fault.
      guard let values = try? store.values(of: name) else { continue }
      guard values.count == store.shape(of: name)?.reduce(1, *) else { fatalError("the wrong number of values") }
    }
  }
  return 0
}

/// A stored archive of data.pkl and one storage of 64 bytes, '0'.
private func archive(pickle: [UInt8]) -> [UInt8] {
  var file: [UInt8] = []
  var directory: [UInt8] = []
  let members = [("a/data.pkl", pickle), ("a/data/0", [UInt8](0..<64))]
  for (name, content) in members {
    let start = UInt32(file.count)
    var header = little(UInt16(20)) + [0, 0, 0, 0, 0, 0, 0, 0] + little(crc32(content))
    header += little(UInt32(content.count)) + little(UInt32(content.count)) + little(UInt16(name.utf8.count)) + [0, 0]
    file += little(UInt32(0x0403_4b50)) + header + Array(name.utf8) + content
    directory += little(UInt32(0x0201_4b50)) + little(UInt16(20)) + header + [UInt8](repeating: 0, count: 10)
    directory += little(start) + Array(name.utf8)
  }
  let end = [0, 0, 0, 0] + little(UInt16(members.count)) + little(UInt16(members.count))
  let place = little(UInt32(directory.count)) + little(UInt32(file.count)) + [0, 0]
  return file + directory + little(UInt32(0x0605_4b50)) + end + place
}

private func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

private func crc32(_ content: [UInt8]) -> UInt32 {
  var sum = ~UInt32(0)
  for byte in content {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
  }
  return ~sum
}
