/// The Castagnoli checksum of TFRecord frames (RFC 3720, appendix B.4), reflected polynomial 0x82F63B78.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
  }

  /// As TFRecord stores it: turned and offset, so that the checksum of bytes that hold a checksum stays meaningful.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = of(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
