import Foundation
import MediaFixtures

/// A small Matroska file of motion JPEG whose time stamps may be anything, by its element numbers (RFC 9559).
enum HostileMatroska {
  /// - Parameter blocks: time of each picture in milliseconds, and its stated duration.
  static func write(_ blocks: [(time: UInt64, duration: UInt64?)], to path: String) throws {
    let image = try TestJPEG.encode(width: 64, height: 48) { x, y in UInt8(x + y) }
    func element(_ id: [UInt8], _ content: [UInt8]) -> [UInt8] {
      id + [0x01] + (0..<7).reversed().map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
    }
    func number(_ id: [UInt8], _ value: UInt64) -> [UInt8] {
      element(id, (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) })
    }
    let head = element(
      [0x1A, 0x45, 0xDF, 0xA3],
      number([0x42, 0x86], 1) + number([0x42, 0xF7], 1) + number([0x42, 0xF2], 4) + number([0x42, 0xF3], 8)
        + element([0x42, 0x82], Array("matroska".utf8)) + number([0x42, 0x87], 4) + number([0x42, 0x85], 2))
    let size = element([0xE0], number([0xB0], 64) + number([0xBA], 48))
    let track =
      number([0xD7], 1) + number([0x73, 0xC5], 1) + number([0x83], 1) + element([0x86], Array("V_MJPEG".utf8))
    var body = element([0x15, 0x49, 0xA9, 0x66], number([0x2A, 0xD7, 0xB1], 1_000_000))
    body += element([0x16, 0x54, 0xAE, 0x6B], element([0xAE], track + size))
    for (time, duration) in blocks {
      let simple = element([0xA3], [0x81, 0, 0, 0x80] + image)
      let group = duration.map { element([0xA0], element([0xA1], [0x81, 0, 0, 0] + image) + number([0x9B], $0)) }
      body += element([0x1F, 0x43, 0xB6, 0x75], number([0xE7], time) + (group ?? simple))
    }
    try Data(head + element([0x18, 0x53, 0x80, 0x67], body)).write(to: URL(fileURLWithPath: path))
  }
}
