internal import Media
internal import Recognition
import Sessions
internal import Signal

/// Media's recording as the session pulls it; without one, a session that has no tracks.
final class RecordingSource: ReplaySource {
  private let recording: Recording?
  let schedule: WindowSchedule

  /// - Parameter schedule: the one that the recording was opened with.
  init(_ recording: Recording?, schedule: WindowSchedule) { (self.recording, self.schedule) = (recording, schedule) }

  var hasVideo: Bool { recording?.video != nil }
  var hasAudio: Bool { recording?.sound != nil }
  var damage: [String] { recording?.damage ?? [] }
  var silenceHint: String? {
    recording?.betterSound.map { "the file has sound in track \($0): --audio-track \($0.number)" }
  }

  func nextFrame() throws -> FaceFrame<FaceCrop>? { try recording?.nextFrame() }
  func nextChunk() throws -> AudioChunk? { try recording?.nextChunk() }
}

extension SessionCreated.Source {
  /// What a recording says about itself.
  init(_ recording: Recording?, kind: String, input: String, audioInput: String?) {
    self.init(
      kind: kind, input: input, audioInput: audioInput,
      video: recording?.video.map {
        var video = Video(width: $0.width, height: $0.height, fps: $0.frameRate, codec: $0.codec)
        video.tracks = Tracks($0.tracks, chosen: $0.track)
        return video
      },
      audio: recording?.sound.map {
        var audio = Audio(sampleRate: $0.sampleRate, channels: $0.channels, codec: $0.codec)
        audio.tracks = Tracks($0.tracks, chosen: $0.track)
        return audio
      })
  }
}

extension SessionCreated.Source.Tracks {
  /// nil where there are not several.
  fileprivate init?(_ labels: [TrackLabel], chosen: Int) {
    guard !labels.isEmpty else { return nil }
    self.init(
      chosen: chosen,
      all: labels.map {
        .init(number: $0.number, codec: $0.codec, language: $0.language, title: $0.title, isDefault: $0.isDefault)
      })
  }
}

/// A recorded session as the session pulls it.
final class SessionSource: ReplaySource {
  private let session: SessionRecording
  let end: Instant?
  let skippedWindows: SkippedWindows

  /// - Parameters:
  ///   - end: how far its windows went; nil: it was never closed.
  ///   - hop: of the session's own windows; others have other numbers.
  init(_ session: SessionRecording, end: Instant?, hop: Instant) {
    (self.session, self.end) = (session, end)
    skippedWindows = session.schedule.hop == hop ? session.skippedWindows : SkippedWindows()
  }

  var schedule: WindowSchedule { session.schedule }
  var hasVideo: Bool { session.video != nil }
  var hasAudio: Bool { session.sound != nil }
  var videoHasEnded: Bool { session.videoHasEnded }
  var audioHasEnded: Bool { session.soundHasEnded }
  var damage: [String] { session.damage }

  func nextFrame() throws -> FaceFrame<FaceCrop>? { try session.nextFrame() }
  func nextChunk() throws -> AudioChunk? { try session.nextChunk() }
}

extension SessionCreated.Source {
  /// What a recorded session says about itself; null for a device that never gave anything.
  init(_ session: SessionRecording, input: String) {
    let (video, sound) = (session.video, session.sound)
    self.init(
      kind: "session", input: input,
      video: video.flatMap { video in
        video.codec.isEmpty ? nil : Video(width: video.width, height: video.height, fps: nil, codec: video.codec)
      },
      audio: sound.flatMap { sound in
        sound.codec.isEmpty
          ? nil : Audio(sampleRate: sound.sampleRate, channels: sound.channels, codec: sound.codec)
      })
  }
}
