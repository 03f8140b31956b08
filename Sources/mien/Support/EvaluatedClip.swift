import Glibc
import Media
import Recognition
import Signal

/// A clip of a list as files.
struct EvaluatedClip: EvaluationClip {
  var video, audio: String?
  var options: Recording.Options

  var hasVideo: Bool { video != nil }

  /// A file that the list names must exist, even where the other sense alone decides that there is no answer.
  func checkFiles() throws {
    for path in [video, audio].compactMap({ $0 }) where access(path, F_OK) != 0 {
      throw Failure(.noInput, "\(path): no such file")
    }
  }

  func samples() throws -> [Float]? { try audio.map { try SoundFile.read16k($0) } }

  func crops(choosing choose: (Int) throws -> [Int]) throws -> [FaceCrop]? {
    guard let video else { return nil }
    return try ClipFaces.read(video, options: options, choose: choose)
  }
}
