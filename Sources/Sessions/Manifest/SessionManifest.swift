public import Files
internal import Models
internal import Networks
public import Recognition
public import Signal

/// `manifest.json` of a session folder: when, by what and with which devices and model the session was recorded.
///
/// Written first with `closedCleanly` false, and replaced at the end. Reading and writing are in `SessionManifestFile`;
/// this is the value and its JSON (keys in snake_case; recordings/README.md says what they mean).
public struct SessionManifest: Hashable, Sendable {
  /// Readers accept every minor version of the major version that they know.
  public static let schema = "mien.session/1.0"

  /// A camera or a microphone.
  public struct Device: Hashable, Sendable, Decodable {
    /// The one that stays when it is plugged in elsewhere.
    public var name: String
    /// Where it was at the start; nil: it has none, or was not there yet.
    public var path: String?
    /// As it was asked for, such as "mjpeg 640x480 30 fps".
    public var format: String?

    public init(name: String, path: String?, format: String?) {
      (self.name, self.path, self.format) = (name, path, format)
    }
  }

  /// A track of one of the session's movies.
  public struct Stream: Hashable, Sendable, Decodable {
    /// In the session folder.
    public var file: String
    public var codec: String
    /// Pictures: their size, how many of the session come before them, and how many they are.
    public var width, height, firstFrame, frames: Int?
    /// Sound: likewise.
    public var sampleRate, firstSample, samples: Int?

    public init(picture file: String, codec: String, width: Int, height: Int, firstFrame: Int, frames: Int) {
      (self.file, self.codec, self.width, self.height) = (file, codec, width, height)
      (self.firstFrame, self.frames) = (firstFrame, frames)
    }

    public init(sound file: String, codec: String, sampleRate: Int, firstSample: Int, samples: Int) {
      (self.file, self.codec, self.sampleRate) = (file, codec, sampleRate)
      (self.firstSample, self.samples) = (firstSample, samples)
    }
  }

  /// Unique to the session.
  public var sessionID: String
  /// Of the program that recorded it.
  public var version: String
  /// When it began: ISO 8601 in UTC, and nanoseconds of CLOCK_MONOTONIC, which are the session's zero.
  public var wall: String
  public var zero: Int64
  public var hop: Instant
  public var face: FaceChoice
  public var framing: FaceFraming
  /// nil: it was recorded without one.
  public var model: ModelSummary?
  /// nil: the session does without.
  public var camera: Device?
  public var microphone: Device?
  public var streams: [Stream] = []
  /// What was counted, by name.
  public var counters: [String: Int] = [:]
  /// Seconds from the session's zero to its stop, once it is closed.
  public var duration: Double?
  /// Where its last window ended, once it is closed: without any device its windows went on all the same.
  public var end: Instant?
  public var closedCleanly = false
  /// What ended the recording before the session, if something did.
  public var failure: String?
  /// SHA-256 of the other files, by name, after a clean close.
  public var sha256: [String: String] = [:]

  public init(
    sessionID: String, version: String, wall: String, zero: Int64, hop: Instant, face: FaceChoice,
    framing: FaceFraming, model: ModelSummary?, camera: Device?, microphone: Device?
  ) {
    (self.sessionID, self.version, self.wall, self.zero) = (sessionID, version, wall, zero)
    (self.hop, self.face, self.framing, self.model) = (hop, face, framing, model)
    (self.camera, self.microphone) = (camera, microphone)
  }
}

extension SessionManifest {
  /// Keys in the order of interest.
  public var json: JSON {
    func sorted<Value>(_ values: [String: Value], _ json: (Value) -> JSON) -> JSON {
      .object(values.sorted { $0.key < $1.key }.map { .init($0.key, json($0.value)) })
    }
    return [
      "schema": .string(Self.schema), "session_id": .string(sessionID),
      "software": ["name": "mien", "version": .string(version)],
      "closed_cleanly": .bool(closedCleanly), "failure": .optional(failure),
      "start": ["wall": .string(wall), "mono_ns": .int(Int(zero))],
      "duration_s": .optional(duration), "end_s": .optional(end.map { Double($0.nanoseconds) / 1e9 }),
      "hop_s": .double(Double(hop.nanoseconds) / 1e9), "face": .string(face.rawValue), "face_framing": framing.json,
      "model": model.map { model in
        .object(
          model.outputMembers + [
            .init("trained", .bool(model.trained)), .init("precision", .string(model.precision)),
            .init("instructions", .optional(model.instructions)),
            .init("calibration", model.calibration?.json ?? .null), .init("economy", model.economy.json),
            .init("speech_gate", .string(model.speechGate.rawValue)),
          ] + (model.baseline.map { [.init("baseline", $0.json)] } ?? []))
      } ?? .null,
      "devices": ["camera": camera?.json ?? .null, "microphone": microphone?.json ?? .null],
      "streams": .array(streams.map(\.json)),
      "counters": sorted(counters, JSON.int), "sha256": sorted(sha256, JSON.string),
    ]
  }
}

extension SessionManifest.Device {
  fileprivate var json: JSON { ["name": .string(name), "path": .optional(path), "format": .optional(format)] }
}

extension SessionManifest.Stream {
  fileprivate var json: JSON {
    var members: [JSON.Member] = [.init("file", .string(file)), .init("codec", .string(codec))]
    let numbers = [
      ("width", width), ("height", height), ("first_frame", firstFrame), ("frames", frames),
      ("sample_rate", sampleRate), ("first_sample", firstSample), ("samples", samples),
    ]
    for (key, value) in numbers { if let value { members.append(.init(key, .int(value))) } }
    return .object(members)
  }
}
