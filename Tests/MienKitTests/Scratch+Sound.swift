import Foundation
import Media
import MediaFixtures

extension Scratch {
  /// A sound file of a tone that swells and fades.
  func sound(_ name: String, seconds: Double) throws -> String {
    let samples = (0..<Int(seconds * 16_000)).map { (i: Int) -> Float in
      let time = Double(i) / 16_000
      let value: Double = 8000 * sin(2 * .pi * 220 * time) * sin(3 * time)
      return Float(value.rounded()) / 32_768
    }
    try AudioFile.write16k(samples, to: file(name))
    return file(name)
  }
}
