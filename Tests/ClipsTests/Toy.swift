import Clips
import Foundation
import Lists
import Media
import Signal

/// A folder of toy clips, gone with the object.
final class Toy {
  let path: String

  init() throws {
    var template = Array("/tmp/mien-corpus-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func / (toy: Toy, name: String) -> String { toy.path + "/" + name }

  /// Pictures of one shade each, and a tone whose pitch tells clips apart.
  func clip(_ number: Int, frames: Int = 12, seconds: Double = 1) throws {
    try FileManager.default.createDirectory(atPath: self / "face\(number)", withIntermediateDirectories: true)
    for i in 0..<frames {
      let shade = UInt8((number * 31 + i * 5) % 256)
      let face = FaceCrop(side: 160, pixels: [UInt8](repeating: shade, count: 160 * 160 * 3))
      try PNGFile.write(face, to: self / "face\(number)/\(1000 + i).png")
    }
    try sound(number, seconds: seconds)
  }

  func sound(_ number: Int, seconds: Double = 1, level: Double = 0.3) throws {
    let samples = (0..<Int(16_000 * seconds)).map {
      Float(level * sin(2 * .pi * Double(200 + 50 * number) * Double($0) / 16_000))
    }
    try AudioFile.write16k(samples, to: self / "sound\(number).flac")
  }

  func list(_ text: String) throws -> AnnotationList {
    try Data(text.utf8).write(to: URL(fileURLWithPath: self / "list.csv"))
    return try AnnotationList(path: self / "list.csv", bytes: Array(text.utf8))
  }

  /// Real faces: the repository's own recording.
  static let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "recordings/demo.mp4").path
}
