/// A wav by hand.
struct Wave {
  var samples: Int
  var bits = 16
  var rate = 16_000
  /// Instead of the true number of bytes.
  var stated: UInt32?
  /// Whether it is an RF64, with its sizes in a chunk of their own (EBU Tech 3306).
  var long = false
  /// What follows the samples.
  var behind: [UInt8] = []

  static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  var bytes: [UInt8] {
    let width = bits / 8
    let sound = (0..<samples * width).map { UInt8(truncatingIfNeeded: $0 * 37 % 251) }
    var format = Self.little(UInt16(1)) + Self.little(UInt16(1))
    format += Self.little(UInt32(rate)) + Self.little(UInt32(rate * width))
    format += Self.little(UInt16(width)) + Self.little(UInt16(bits))
    var body = Array("WAVE".utf8)
    if long {
      body += Array("ds64".utf8) + Self.little(UInt32(28)) + Self.little(UInt64(72 + sound.count))
      body += Self.little(UInt64(sound.count)) + Self.little(UInt64(samples)) + Self.little(UInt32(0))
    }
    body += Array("fmt ".utf8) + Self.little(UInt32(16)) + format
    let open: UInt32? = long ? 0xFFFF_FFFF : stated
    body += Array("data".utf8) + Self.little(open ?? UInt32(sound.count)) + sound + behind
    return Array((long ? "RF64" : "RIFF").utf8) + Self.little(open ?? UInt32(body.count)) + body
  }
}
