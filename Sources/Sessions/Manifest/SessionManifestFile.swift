internal import Files
internal import Foundation
internal import Models
internal import Networks
internal import Recognition
internal import Signal

// Reading and writing manifest.json, with errors in one line.

extension SessionManifest {
  /// A year, in seconds.
  static let longest = 31_536_000.0

  /// Reads the manifest of a session folder.
  /// - Throws: `FileError` naming the file and the key.
  public init(folder: String) throws {
    let path = folder + "/" + SessionFolder.manifest
    let data: Data
    do {
      // A manifest of ours has some kilobytes.
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: 1 << 22) ?? Data()
    } catch {
      throw FileError(
        .noInput, path: path, problem: "cannot be read", remedy: "a session folder that mien recorded has one")
    }
    try self.init(data: data, path: path)
  }

  /// - Parameters:
  ///   - bytes: the file's contents.
  ///   - path: for messages.
  /// - Throws: `FileError`.
  public init(bytes: [UInt8], path: String) throws { try self.init(data: Data(bytes), path: path) }

  private init(data: Data, path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { self = try decoder.decode(SessionManifest.self, from: data) } catch let error as DecodingError {
      throw FileError(.badData, path: path, problem: error.sentence)
    }
  }

  /// Writes the manifest into its folder: whole, or not at all.
  /// - Throws: `FileError` of kind `.cannotWrite`.
  public func write(to folder: String) throws {
    let file = try AtomicFile(folder + "/" + SessionFolder.manifest)
    try file.write(json.indented + "\n")
    try file.commit()
  }

  /// Takes the SHA-256 of the files of the folder.
  /// - Throws: `FileError` where one cannot be read.
  public mutating func seal(_ folder: String, files: [String]) throws {
    for name in files { sha256[name] = try Files.sha256(ofFile: folder + "/" + name) }
  }
}

extension SessionManifest: Decodable {
  private enum Key: String, CodingKey {
    case schema, sessionId, software, closedCleanly, failure, start, durationS, endS, hopS, face, faceFraming, model,
      devices
    case streams, counters, sha256
  }
  private struct Software: Decodable { var version: String }
  private struct Start: Decodable {
    var wall: String
    var monoNs: Int64
  }
  private struct Devices: Decodable { var camera, microphone: Device? }
  private struct Model: Decodable {
    var id: String
    var sha256: String?
    var labels: [String]
    /// Only where attributes are answered beside classes; `actions` where they are actions.
    var attributes, actions: [String]?
    var task: String
    var modalities: Modalities
    var trained: Bool
    /// Not in sessions that were recorded when there was f32 only.
    var precision: String?
    /// Likewise, when they were not written down.
    var instructions: String?
    var calibration: ModelCalibration?
    /// Not in sessions that were recorded when there was none.
    var economy: SpeedSettings?
    var speechGate: SpeechGate?
    /// Only where there was one.
    var baseline: RecordedBaseline?
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func problem(_ key: Key, _ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let schema = try container.decode(String.self, forKey: .schema)
    guard schema.hasPrefix("mien.session/1.") else {
      throw problem(.schema, "is '\(schema.prefix(40))', but this version reads \(Self.schema)")
    }
    sessionID = try container.decode(String.self, forKey: .sessionId)
    version = try container.decode(Software.self, forKey: .software).version
    let start = try container.decode(Start.self, forKey: .start)
    // A century, so that no sum of times overflows.
    guard (0...3_000_000_000_000_000_000).contains(start.monoNs) else { throw problem(.start, "is not a time") }
    (wall, zero) = (start.wall, start.monoNs)
    let seconds = try container.decode(Double.self, forKey: .hopS)
    guard (0.01...3600).contains(seconds) else { throw problem(.hopS, "must be from 0.01 to 3600 seconds") }
    hop = Instant(seconds: seconds)
    let name = try container.decode(String.self, forKey: .face)
    guard let choice = FaceChoice(rawValue: name) else { throw problem(.face, "is '\(name.prefix(40))'") }
    face = choice
    var check = Preprocessing()
    check.faceFraming = try container.decode(FaceFraming.self, forKey: .faceFraming)
    if let (key, reason) = check.problem { throw problem(.faceFraming, "\(key) \(reason)") }
    framing = check.faceFraming
    if let model = try container.decode(Model?.self, forKey: .model) {
      guard let task = Head.Task(rawValue: model.task) else {
        throw problem(.model, "has the task '\(model.task.prefix(40))'")
      }
      var summary = ModelSummary(
        id: model.id, sha256: model.sha256, labels: model.labels, attributes: model.actions ?? model.attributes ?? [],
        areActions: model.actions != nil, task: task, modalities: model.modalities, trained: model.trained,
        precision: model.precision ?? "f32", instructions: model.instructions,
        calibration: model.calibration, economy: model.economy ?? .none)
      summary.speechGate = model.speechGate ?? .off
      if let recorded = model.baseline {
        guard let baseline = recorded.baseline(labels: model.labels) else {
          throw problem(.model, "has a baseline of another model")
        }
        summary.baseline = baseline
      }
      self.model = summary
    }
    let devices = try container.decode(Devices.self, forKey: .devices)
    (camera, microphone) = (devices.camera, devices.microphone)
    streams = try container.decode([Stream].self, forKey: .streams)
    counters = try container.decode([String: Int].self, forKey: .counters)
    duration = try container.decodeIfPresent(Double.self, forKey: .durationS)
    if let seconds = try container.decodeIfPresent(Double.self, forKey: .endS) {
      // Windows are made up to here, whether there is anything in them or not.
      guard (0...SessionManifest.longest).contains(seconds) else { throw problem(.endS, "is no session's end") }
      end = Instant(seconds: seconds)
    }
    closedCleanly = try container.decode(Bool.self, forKey: .closedCleanly)
    failure = try container.decodeIfPresent(String.self, forKey: .failure)
    sha256 = try container.decode([String: String].self, forKey: .sha256)
  }
}
