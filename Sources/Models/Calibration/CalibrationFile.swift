internal import Files
internal import Foundation

/// A calibration in a folder of calibrations: `models/SHA.json`, by the SHA-256 of the model's weights.
public struct CalibrationFile: Sendable, Hashable {
  static let schema = "mien.calibration/1.0"
  public let path: String
  /// Of the model's weights, in hexadecimal.
  public let sha256: String

  public init(in folder: String, sha256: String) {
    self.sha256 = sha256
    path = "\(folder)/models/\(sha256).json"
  }

  public var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// - Throws: `FileError` naming the file and the key.
  public func read() throws -> ModelCalibration { try content().calibration }

  /// What the model answers for neutral people on average; nil: nobody has measured it.
  /// - Throws: as `read()`.
  public func neutral() throws -> PersonBaseline? { try content().neutral }

  private struct Content: Decodable {
    var schema, sha256: String
    var calibration: ModelCalibration
    var neutral: PersonBaseline?
  }

  private func content() throws -> Content {
    let data: Data
    do {
      // One of ours has some hundred bytes.
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: 1 << 20) ?? Data()
    } catch { throw FileError(.noInput, path: path, problem: "cannot be read") }
    func bad(_ problem: String) -> FileError {
      FileError(
        .badData, path: path, problem: problem,
        remedy: "remove it, or make it again with mien calibrate model; --no-calibration does without")
    }
    let content: Content
    do { content = try JSONDecoder().decode(Content.self, from: data) } catch let error as DecodingError {
      throw bad(error.sentence)
    }
    guard content.schema.hasPrefix("mien.calibration/1.") else {
      throw bad("its schema is '\(content.schema.prefix(40))', but this version reads \(Self.schema)")
    }
    guard content.sha256 == sha256 else { throw bad("it is of another model, \(content.sha256.prefix(64))") }
    return content
  }

  /// Writes the file whole or not at all, over one that is there; makes the folders.
  /// - Parameters:
  ///   - calibration: what is written.
  ///   - model: what the model is called, for people.
  ///   - list: what the calibration was fitted on.
  ///   - neutral: what the model answers for the neutral people in it; nil: there are none.
  /// - Throws: `FileError` of kind `cannotWrite`.
  public func write(
    _ calibration: ModelCalibration, model: String, list: String, neutral: PersonBaseline? = nil
  ) throws {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw FileError(.cannotWrite, path: folder, problem: "the folder cannot be made")
    }
    var members: [JSON.Member] = [
      .init("schema", .string(Self.schema)), .init("model", .string(model)), .init("sha256", .string(sha256)),
      .init("fitted_on", .string(list)), .init("calibration", calibration.json),
    ]
    if let neutral { members.append(.init("neutral", neutral.json)) }
    let file = try AtomicFile(path)
    try file.write(JSON.object(members).indented + "\n")
    try file.commit()
  }
}
