public import Files
internal import Models
internal import Networks
public import Signal

/// One line of the stream `mien.stream/1.3`: the header, a result, a change of state, what time it is, or the end.
///
/// Field by field in docs/stream.md; schema/mien.stream-1.3.schema.json checks the lines.
public enum StreamEvent: Sendable, Hashable {
  case created(SessionCreated)
  case result(EmotionResult)
  case status(StreamStatus)
  case clock(StreamClock)
  case closed(SessionClosed)

  /// Name and version of the lines' shape.
  public static let schema = "mien.stream/1.3"

  public var json: JSON {
    switch self {
    case .created(let event): event.json
    case .result(let event): event.json
    case .status(let event): event.json
    case .clock(let event): event.json
    case .closed(let event): event.json
    }
  }
}

/// The same moment on three clocks, at the begin of a live session and twice a minute: setting the wall clock moves no
/// window, but shows here.
public struct StreamClock: Sendable, Hashable {
  /// CLOCK_MONOTONIC in nanoseconds.
  public var monotonic: Int64
  /// ISO 8601 in UTC.
  public var wall: String
  /// On the session time line.
  public var media: Instant

  public init(monotonic: Int64, wall: String, media: Instant) {
    (self.monotonic, self.wall, self.media) = (monotonic, wall, media)
  }

  public var json: JSON {
    ["type": "clock", "mono_ns": .int(Int(monotonic)), "wall": .string(wall), "media_s": .double(media.seconds)]
  }
}

/// The first line: where the numbers come from and how to read them.
public struct SessionCreated: Sendable, Hashable {
  /// The recording, as it describes itself.
  public struct Source: Sendable, Hashable {
    /// One of several tracks of a kind.
    public struct Track: Sendable, Hashable {
      /// From 1 among the tracks of its kind.
      public var number: Int
      public var codec: String
      public var language, title: String?
      /// Whether the container wants it to be taken where nobody chooses.
      public var isDefault: Bool

      public init(number: Int, codec: String, language: String?, title: String?, isDefault: Bool) {
        (self.number, self.codec, self.language) = (number, codec, language)
        (self.title, self.isDefault) = (title, isDefault)
      }
    }

    /// Which track is read of a file that has several of the kind.
    public struct Tracks: Sendable, Hashable {
      /// The number of the one that is read.
      public var chosen: Int
      public var all: [Track]

      public init(chosen: Int, all: [Track]) { (self.chosen, self.all) = (chosen, all) }
    }

    /// The video track.
    public struct Video: Sendable, Hashable {
      /// Of the upright picture, in pixels.
      public var width, height: Int
      /// The container's average; frames carry their own times. nil: it does not say.
      public var fps: Double?
      public var codec: String?
      /// nil: it is the only one.
      public var tracks: Tracks?

      public init(width: Int, height: Int, fps: Double?, codec: String? = nil) {
        (self.width, self.height, self.fps, self.codec) = (width, height, fps, codec)
      }
    }

    /// The audio track.
    public struct Audio: Sendable, Hashable {
      /// Of the recording, before it became 16 kHz mono.
      public var sampleRate, channels: Int
      public var codec: String?
      /// nil: it is the only one.
      public var tracks: Tracks?

      public init(sampleRate: Int, channels: Int, codec: String? = nil) {
        (self.sampleRate, self.channels, self.codec) = (sampleRate, channels, codec)
      }
    }

    /// A camera or a microphone by the name under which it is found again, whatever its number.
    public struct Device: Sendable, Hashable {
      public var name: String
      /// Where it is now, such as /dev/video0; nil: nowhere yet.
      public var path: String?

      public init(name: String, path: String? = nil) { (self.name, self.path) = (name, path) }
    }

    /// "file", "folder", "stdin", or "live", which has devices.
    public var kind: String
    /// As it was named on the command line; "live" for devices.
    public var input: String
    /// A separate sound file, as named.
    public var audioInput: String?
    /// nil: no such track.
    public var video: Video?
    public var audio: Audio?
    /// nil: the session does without.
    public var camera, microphone: Device?

    /// Devices; their formats are known only of those that are open already.
    public init(camera: Device?, microphone: Device?, video: Video?, audio: Audio?) {
      self.init(kind: "live", input: "live", video: video, audio: audio)
      (self.camera, self.microphone) = (camera, microphone)
    }

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
  /// Where a live session's time 0 is on CLOCK_MONOTONIC, in nanoseconds; nil: it is the recording's first timestamp.
  public var zero: Int64?

  public init(
    version: String, source: Source, model: ModelSummary, hop: Instant, face: String, wall: String, zero: Int64? = nil
  ) {
    (self.version, self.source, self.model) = (version, source, model)
    (self.hop, self.face, self.wall, self.zero) = (hop, face, wall, zero)
  }

  public var json: JSON {
    [

      "type": "session.created", "schema": .string(StreamEvent.schema),
      "software": ["name": "mien", "version": .string(version)],
      "source": source.json,
      "model": .object(
        model.outputMembers + [
          .init("heads", .array(model.headModalities.map { .string($0.description) })),
          .init("trained", .bool(model.trained)), .init("note", .optional(model.note)),
          .init("calibration", model.calibration?.json ?? .null),
        ]),
      "window": [
        "frames": .int(WindowSchedule.frames), "spectrogram": [.int(WindowSchedule.rows), 128],
        "length_s": .double(WindowSchedule.length.seconds), "hop_s": .double(hop.seconds),
      ],
      "face": .string(face), "precision": .string(model.precision), "instructions": .optional(model.instructions),
      "economy": model.economy.json, "evidence": model.limits, "speech_gate": .string(model.speechGate.rawValue),
      "baseline": model.baseline?.json ?? .null, "clock": clock,
    ]
  }

  private var clock: JSON {
    guard let zero else {
      let what =
        source.kind == "session"
        ? "the session's start, mono_ns in its manifest.json"
        : "earliest first timestamp of picture or sound"
      return ["wall": .string(wall), "zero": .string(what)]
    }

    return ["wall": .string(wall), "zero": "CLOCK_MONOTONIC at mono_ns", "mono_ns": .int(Int(zero))]
  }
}

extension SessionCreated.Source {
  fileprivate var json: JSON {
    let video: JSON =
      video.map {
        .object(
          [
            .init("width", .int($0.width)), .init("height", .int($0.height)), .init("fps", .optional($0.fps)),
            .init("codec", .optional($0.codec)),
          ] + ($0.tracks?.members ?? []))
      } ?? .null
    let audio: JSON =
      audio.map {
        .object(
          [
            .init("sample_rate", .int($0.sampleRate)), .init("channels", .int($0.channels)),
            .init("codec", .optional($0.codec)),
          ] + ($0.tracks?.members ?? []))
      } ?? .null
    var members: [JSON.Member] = [
      .init("kind", .string(kind)), .init("input", .string(input)), .init("audio_input", .optional(audioInput)),
      .init("video", video), .init("audio", audio),
    ]
    if kind == "live" {
      members += [.init("camera", camera?.json ?? .null), .init("microphone", microphone?.json ?? .null)]
    }
    return .object(members)
  }
}

extension SessionCreated.Source.Tracks {
  fileprivate var members: [JSON.Member] {
    let tracks = all.map { track -> JSON in
      [
        "number": .int(track.number), "codec": .string(track.codec), "language": .optional(track.language),
        "title": .optional(track.title), "default": .bool(track.isDefault),
      ]
    }
    return [.init("track", .int(chosen)), .init("tracks", .array(tracks))]
  }
}

extension SessionCreated.Source.Device {
  fileprivate var json: JSON { ["name": .string(name), "path": .optional(path)] }
}
