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
    /// The device is not there at the session's begin; it is waited for.
    case cameraWaiting = "camera_waiting"
    case microphoneWaiting = "microphone_waiting"
    /// It delivers from here on, for the first time.
    case cameraOpened = "camera_opened"
    case microphoneOpened = "microphone_opened"
    /// It is gone; `…_back` ends it.
    case cameraLost = "camera_lost"
    case microphoneLost = "microphone_lost"
    /// It is open but gives nothing; `…_back` ends it.
    case cameraFrozen = "camera_frozen"
    case microphoneFrozen = "microphone_frozen"
    case cameraBack = "camera_back"
    case microphoneBack = "microphone_back"
    /// The camera gives clearly fewer frames than it promised.
    case lowFrameRate = "low_frame_rate"
    /// Windows were skipped because the model was busy with an earlier one.
    case behind
    /// Something about those who read the stream.
    case stream
    /// Lines were dropped because their reader did not read.
    case linesDropped = "lines_dropped"
    /// Something about the session's files.
    case recording
  }

  public enum Level: String, Sendable { case info, warning, error }

  public var code: Code
  public var level: Level
  public var message: String
  /// The first window that it concerns begins here; of a device, when it was noticed.
  public var start: Instant
  /// The windows that it is about (`behind`).
  public var sequences: ClosedRange<Int>?

  public init(
    _ code: Code, _ level: Level, _ message: String, start: Instant, sequences: ClosedRange<Int>? = nil
  ) {
    (self.code, self.level, self.message, self.start) = (code, level, message, start)
    self.sequences = sequences
  }

  public var json: JSON {
    var members: [JSON.Member] = [
      .init("type", "status"), .init("code", .string(code.rawValue)), .init("level", .string(level.rawValue)),
      .init("message", .string(message)), .init("start", .double(start.seconds)),
    ]
    if let sequences {
      members += [.init("first_seq", .int(sequences.lowerBound)), .init("last_seq", .int(sequences.upperBound))]
    }
    return .object(members)
  }
}

/// Says what changed from window to window, so that a stream carries one line a change and not one a hop; a pure state
/// machine.
public struct StatusTracker: Sendable {
  private let hasVideo, hasAudio: Bool
  private let model: ModelSummary
  private let place: String
  private var videoUsed = true
  private var audioUsed = true
  private var person: Int?

  /// Whether there are these tracks at all: a missing track is said once and never ends. What the model does not look at
  /// is not missed.
  ///
  /// - Parameter place: what lacks them, "recording" or "session".
  public init(hasVideo: Bool, hasAudio: Bool, model: ModelSummary, of place: String = "recording") {
    (self.hasVideo, self.hasAudio, self.model, self.place) = (hasVideo, hasAudio, model, place)
  }

  /// What to say before this result.
  public mutating func receive(_ result: EmotionResult) -> [StreamStatus] {
    var said: [StreamStatus] = []
    let (sees, hears) = (result.videoUsed, result.audioUsed)
    if model.needsVideo && sees != videoUsed {
      videoUsed = sees
      if sees {
        said.append(StreamStatus(.face, .info, "a face is in front again", start: result.start))
      } else {
        let why = hasVideo ? "no face in enough of the window's frames" : "the \(place) has no picture track"
        said.append(StreamStatus(.noFace, .warning, why, start: result.start))
      }
    }
    if model.needsAudio && hears != audioUsed {
      audioUsed = hears
      if hears {
        said.append(StreamStatus(.audio, .info, "there is sound again", start: result.start))
      } else {
        let why = hasAudio ? "sound is missing in more than a tenth of the window" : "the \(place) has no sound track"
        said.append(StreamStatus(.noAudio, .warning, why, start: result.start))
      }
    }
    if let id = result.face?.id, sees {
      if let person, person != id {
        said.append(
          StreamStatus(.faceChanged, .info, "face \(id) is in front, no longer face \(person)", start: result.start))
      }
      person = id
    }
    return said
  }
}
