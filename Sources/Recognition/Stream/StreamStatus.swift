public import Files
public import Signal

/// A change of state that explains the results after it.
public struct StreamStatus: Sendable, Hashable {
  /// What changed; the raw values stand in the stream, and docs/stream.md lists them.
  public enum Code: String, Sendable, CaseIterable {
    /// Windows from here on have no usable picture; `face` ends it.
    case noFace = "no_face"
    case face
    /// Windows from here on have no usable sound; `audio` ends it.
    case noAudio = "no_audio"
    case audio
    /// From here on there is sound, but nobody speaks, so it is not used; `speech` ends it.
    case noSpeech = "no_speech"
    case speech
    /// Windows from here on have sound in which nothing can be heard, so it is not used; `audio` ends it.
    case silent
    /// The same of a live session, whose microphone gives it.
    case microphoneSilent = "microphone_silent"
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

  /// How serious a status is.
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
