import Foundation
import Media
import Signal
import Testing

@Suite struct MovieFileTests {
  @Test func picturesAndSoundComeBack() throws {
    let path = NSTemporaryDirectory() + "mien-movie-\(UUID().uuidString).mkv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let movie = try MovieFile(path, width: 64, height: 48)
    let sound = (0..<640 * 10).map { Float(Int16($0 % 2000)) / 32768 }
    for frame in 0..<10 {
      try movie.add(
        rgb: [UInt8](repeating: UInt8(20 * frame), count: 3 * 64 * 48), sound: sound[frame * 640..<(frame + 1) * 640])
    }
    try movie.finish()
    #expect(try AudioFile.read16k(path) == sound)
    #expect(try ClipFaces.each(path) { _, _ in } == 10)
  }

  @Test func aPlaceThatCannotBeWrittenIsSaid() throws {
    #expect(throws: MediaError.self) { _ = try MovieFile("/no/such/folder/movie.mkv", width: 64, height: 48) }
  }
}
