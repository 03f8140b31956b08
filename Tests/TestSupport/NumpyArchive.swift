/// Bytes of NumPy files (`.npy`), as numpy.save writes them.
public enum NumpyArchive {
  /// - Parameters:
  ///   - header: the dictionary's text.
  ///   - values: the bytes after it.
  ///   - version: of the format.
  public static func bytes(header: String, values: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let first = version == 1 ? 10 : 12
    let spaces = (64 - (first + header.utf8.count + 1) % 64) % 64
    let text = Array(header.utf8) + [UInt8](repeating: 0x20, count: spaces) + [0x0a]
    let length = (0..<first - 8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    var bytes: [UInt8] = [0x93]
    bytes += Array("NUMPY".utf8)
    bytes += [version, 0]
    bytes += length
    bytes += text
    return bytes + values
  }

  /// float32 in C order.
  public static func bytes(_ values: [Float], shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    return bytes(
      header: "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }", values: values.flatMap(littleEndian))
  }

  public static func littleEndian(_ value: Float) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
  }
}
