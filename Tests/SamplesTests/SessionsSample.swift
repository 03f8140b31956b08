import Media
import Sessions

/// The sample of the article on `Sessions`.
func sessionsSample(path: String) throws -> SessionRecording {
  // The sample begins.
  let manifest = try SessionManifest(folder: path)
  let facts = SessionRecording.Facts(
    zero: manifest.zero, picture: manifest.camera != nil, sound: manifest.microphone != nil,
    isClosed: manifest.closedCleanly)
  let recording = try SessionRecording(path, facts: facts, options: Recording.Options())
  if let frame = try recording.nextFrame() {
    print(frame.index, frame.time.seconds, frame.face?.id ?? -1)
  }
  // The sample ends.
  return recording
}
