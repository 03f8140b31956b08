import Media
import Recognition
import Signal

/// Media's recording as the session pulls it; without one, a session that has no tracks.
final class RecordingSource: ReplaySource {
  private let recording: Recording?

  init(_ recording: Recording?) { self.recording = recording }

  var hasVideo: Bool { recording?.video != nil }
  var hasAudio: Bool { recording?.sound != nil }
  var damage: [String] { recording?.damage ?? [] }

  func nextFrame() throws -> FaceFrame<FaceCrop>? { try recording?.nextFrame() }
  func nextChunk() throws -> AudioChunk? { try recording?.nextChunk() }
}

extension SessionCreated.Source {
  /// What a recording says about itself.
  init(_ recording: Recording?, kind: String, input: String, audioInput: String?) {
    self.init(
      kind: kind, input: input, audioInput: audioInput,
      video: recording?.video.map { Video(width: $0.width, height: $0.height, fps: $0.frameRate, codec: $0.codec) },
      audio: recording?.sound.map { Audio(sampleRate: $0.sampleRate, channels: $0.channels, codec: $0.codec) })
  }
}
