public import Signal

/// A change of state that explains the results after it.
public struct StreamStatus: Sendable, Hashable {
  public enum Code: String, Sendable, CaseIterable {
    /// Windows from here on have no usable picture; `face` ends it.
    case noFace = "no_face"
    case face
    /// Windows from here on have no usable sound; `audio` ends it.
    case noAudio = "no_audio"
    case audio
    /// Another person is in front from here on.
    case faceChanged = "face_changed"
    /// A part of the recording could not be read.
    case damaged
  }

  public enum Level: String, Sendable { case info, warning, error }

  public var code: Code
  public var level: Level
  public var message: String
  /// The first window that it concerns begins here.
  public var start: Instant

  public init(_ code: Code, _ level: Level, _ message: String, start: Instant) {
    (self.code, self.level, self.message, self.start) = (code, level, message, start)
  }

  public var json: JSON {
    [
      "type": "status", "code": .string(code.rawValue), "level": .string(level.rawValue), "message": .string(message),
      "start": .double(start.seconds),
    ]
  }
}

/// Says what changed from window to window, so that a stream carries one line a change and not one a hop; a pure state
/// machine.
public struct StatusTracker: Sendable {
  private let hasVideo, hasAudio: Bool
  private var videoUsed = true
  private var audioUsed = true
  private var person: Int?

  /// Whether the recording has these tracks at all: a missing track is said once and never ends.
  public init(hasVideo: Bool, hasAudio: Bool) { (self.hasVideo, self.hasAudio) = (hasVideo, hasAudio) }

  /// What to say before this window's result.
  public mutating func receive<Crop>(_ window: Window<Crop>) -> [StreamStatus] {
    var said: [StreamStatus] = []
    let (sees, hears) = (window.video.crops != nil, window.audio.spectrogram != nil)
    if sees != videoUsed {
      videoUsed = sees
      if sees {
        said.append(StreamStatus(.face, .info, "a face is in front again", start: window.start))
      } else {
        let why = hasVideo ? "no face in enough of the window's frames" : "the recording has no picture track"
        said.append(StreamStatus(.noFace, .warning, why, start: window.start))
      }
    }
    if hears != audioUsed {
      audioUsed = hears
      if hears {
        said.append(StreamStatus(.audio, .info, "there is sound again", start: window.start))
      } else {
        let why = hasAudio ? "sound is missing in more than a tenth of the window" : "the recording has no sound track"
        said.append(StreamStatus(.noAudio, .warning, why, start: window.start))
      }
    }
    if let id = window.video.face?.id, sees {
      if let person, person != id {
        said.append(
          StreamStatus(.faceChanged, .info, "face \(id) is in front, no longer face \(person)", start: window.start))
      }
      person = id
    }
    return said
  }
}
