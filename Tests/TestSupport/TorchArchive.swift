/// Writes files as `torch.save` does, byte by byte: pickles assembled by hand, members stored. Tests bend what they need.
package struct TorchArchive {
  package var members: [(name: String, content: [UInt8])] = []
  /// Compression method that the headers claim.
  package var method: UInt16 = 0

  package init() {}

  /// An archive with this pickle and these storages.
  package init(pickle: [UInt8], storages: [[UInt8]] = []) {
    members = [("archive/data.pkl", pickle), ("archive/byteorder", Array("little".utf8))]
    for (key, storage) in storages.enumerated() { members.append(("archive/data/\(key)", storage)) }
    members.append(("archive/version", Array("3\n".utf8)))
  }

  /// The bytes of the zip file.
  package var content: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in members {
      let (start, name) = (UInt32(file.count), Array(name.utf8))
      let common =
        bytes(UInt16(20)) + bytes(UInt16(0)) + bytes(method) + bytes(UInt32(0)) + bytes(crc32(content))
        + bytes(UInt32(content.count)) + bytes(UInt32(content.count)) + bytes(UInt16(name.count)) + bytes(UInt16(0))
      file += bytes(UInt32(0x0403_4b50)) + common + name + content
      directory +=
        bytes(UInt32(0x0201_4b50)) + bytes(UInt16(20)) + common + [UInt8](repeating: 0, count: 10) + bytes(start) + name
    }
    let start = UInt32(file.count)
    file += directory
    file += bytes(UInt32(0x0605_4b50)) + [0, 0, 0, 0] + bytes(UInt16(members.count)) + bytes(UInt16(members.count))
    file += bytes(UInt32(directory.count)) + bytes(start) + [0, 0]
    return file
  }
}

/// The CRC of zip, bit by bit.
package func crc32(_ content: [UInt8]) -> UInt32 {
  ~content.reduce(~0) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
  }
}

/// A pickle under construction; each method appends one thing that a pickler would write.
package struct Pickle {
  package var code: [UInt8]

  package init(protocol version: UInt8 = 2) { code = [0x80, version] }

  package var stopped: [UInt8] { code + Array(".".utf8) }

  package mutating func raw(_ opcodes: String) { code += Array(opcodes.utf8) }
  package mutating func text(_ text: String) {
    code += Array("X".utf8) + bytes(UInt32(text.utf8.count)) + Array(text.utf8)
  }
  package mutating func integer(_ value: Int) {
    if let small = Int32(exactly: value) {
      code += Array("J".utf8) + bytes(small)
    } else {
      code += [0x8a, 8] + bytes(value)
    }
  }
  package mutating func global(_ module: String, _ name: String) { raw("c\(module)\n\(name)\n") }
  package mutating func tuple(_ values: [Int]) {
    raw("(")
    for value in values { integer(value) }
    raw("t")
  }

  /// What `_rebuild_tensor_v2` is given, and the call.
  package mutating func tensor(
    _ key: String, type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int], strides: [Int]
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    raw("((")
    text("storage")
    global("torch", type)
    text(key)
    text("cpu")
    integer(count)
    raw("tQ")
    integer(offset)
    tuple(shape)
    tuple(strides)
    code.append(0x89)
    global("collections", "OrderedDict")
    raw(")RtR")
  }
}

/// Little-endian bytes of a number.
package func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// Little-endian bytes of float32 values.
package func bytes(_ values: [Float]) -> [UInt8] { values.flatMap { bytes($0.bitPattern) } }
