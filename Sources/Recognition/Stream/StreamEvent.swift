public import Signal

/// One line of the stream `mien.stream/1.0`: the header, a result, a change of state, or the end.
///
/// Field by field in docs/stream.md; schema/mien.stream-1.0.schema.json checks the lines.
public enum StreamEvent: Sendable, Hashable {
  case created(SessionCreated)
  case result(EmotionResult)
  case status(StreamStatus)
  case closed(SessionClosed)

  /// Name and version of the lines' shape.
  public static let schema = "mien.stream/1.0"

  public var json: JSON {
    switch self {
    case .created(let event): event.json
    case .result(let event): event.json
    case .status(let event): event.json
    case .closed(let event): event.json
    }
  }
}

/// The first line: where the numbers come from and how to read them.
public struct SessionCreated: Sendable, Hashable {
  /// The recording, as it describes itself.
  public struct Source: Sendable, Hashable {
    public struct Video: Sendable, Hashable {
      /// Of the upright picture, in pixels.
      public var width, height: Int
      /// The container's average; frames carry their own times. nil: it does not say.
      public var fps: Double?
      public var codec: String?

      public init(width: Int, height: Int, fps: Double?, codec: String? = nil) {
        (self.width, self.height, self.fps, self.codec) = (width, height, fps, codec)
      }
    }

    public struct Audio: Sendable, Hashable {
      /// Of the recording, before it became 16 kHz mono.
      public var sampleRate, channels: Int
      public var codec: String?

      public init(sampleRate: Int, channels: Int, codec: String? = nil) {
        (self.sampleRate, self.channels, self.codec) = (sampleRate, channels, codec)
      }
    }

    /// "file", "folder" or "stdin".
    public var kind: String
    /// As it was named on the command line.
    public var input: String
    /// A separate sound file, as named.
    public var audioInput: String?
    /// nil: no such track.
    public var video: Video?
    public var audio: Audio?

    public init(kind: String, input: String, audioInput: String? = nil, video: Video?, audio: Audio?) {
      (self.kind, self.input, self.audioInput) = (kind, input, audioInput)
      (self.video, self.audio) = (video, audio)
    }
  }

  /// Of the program that wrote the line.
  public var version: String
  public var source: Source
  public var model: ModelSummary
  public var hop: Instant
  /// largest, center or none.
  public var face: String
  /// When the session began, as ISO 8601 in UTC; the only field here that differs between runs.
  public var wall: String

  public init(version: String, source: Source, model: ModelSummary, hop: Instant, face: String, wall: String) {
    (self.version, self.source, self.model) = (version, source, model)
    (self.hop, self.face, self.wall) = (hop, face, wall)
  }

  public var json: JSON {
    let video: JSON =
      source.video.map {
        [
          "width": .int($0.width), "height": .int($0.height), "fps": .optional($0.fps), "codec": .optional($0.codec),
        ]
      } ?? .null
    let audio: JSON =
      source.audio.map {
        ["sample_rate": .int($0.sampleRate), "channels": .int($0.channels), "codec": .optional($0.codec)]
      } ?? .null
    return [
      "type": "session.created", "schema": .string(StreamEvent.schema),
      "software": ["name": "mien", "version": .string(version)],
      "source": [
        "kind": .string(source.kind), "input": .string(source.input), "audio_input": .optional(source.audioInput),
        "video": video, "audio": audio,
      ],
      "model": [
        "id": .string(model.id), "sha256": .optional(model.sha256), "labels": .array(model.labels.map(JSON.string)),
        "task": .string(model.task.rawValue), "modalities": .string(model.modalities), "trained": .bool(model.trained),
        "calibration": nil,
      ],
      "window": [
        "frames": .int(WindowSchedule.frames), "spectrogram": [.int(WindowSchedule.rows), 128],
        "length_s": .double(WindowSchedule.length.seconds), "hop_s": .double(hop.seconds),
      ],
      "face": .string(face), "precision": .string(model.precision),
      "clock": ["wall": .string(wall), "zero": "earliest first timestamp of picture or sound"],
    ]
  }
}
