internal import Files
internal import Foundation

/// A person's baseline as a file, which belongs to one model's weights.
public struct PersonFile: Sendable, Hashable {
  static let schema = "mien.person/1.0"
  public let path: String

  public init(_ path: String) { self.path = path }

  /// - Parameters:
  ///   - sha256: of the weights of the model that is to be corrected.
  ///   - labels: of the same model.
  /// - Throws: `FileError` naming the file and the key, or that it belongs to another model.
  public func read(sha256: String, labels: [String]) throws -> PersonBaseline {
    let data: Data
    do {
      // One of ours has some kilobytes.
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: 1 << 20) ?? Data()
    } catch {
      throw FileError(.noInput, path: path, problem: "cannot be read", remedy: "mien calibrate person makes one")
    }
    return try Self.baseline(data, path: path, sha256: sha256, labels: labels)
  }

  /// - Parameters:
  ///   - bytes: the file's contents.
  ///   - path: for messages.
  ///   - sha256: of the weights of the model that is to be corrected.
  ///   - labels: of the same model.
  /// - Throws: `FileError`.
  public static func baseline(
    _ bytes: [UInt8], path: String, sha256: String, labels: [String]
  ) throws -> PersonBaseline { try baseline(Data(bytes), path: path, sha256: sha256, labels: labels) }

  private static func baseline(
    _ data: Data, path: String, sha256: String, labels: [String]
  ) throws -> PersonBaseline {
    struct Content: Decodable {
      var schema, sha256: String
      var labels: [String]
      var heads: PersonBaseline
    }
    func bad(_ problem: String) -> FileError {
      FileError(
        .badData, path: path, problem: problem,
        remedy: "make it again with mien calibrate person and this model, or leave --baseline out")
    }
    let content: Content
    do { content = try JSONDecoder().decode(Content.self, from: data) } catch let error as DecodingError {
      throw bad(error.sentence)
    }
    guard content.schema.hasPrefix("mien.person/1.") else {
      throw bad("its schema is '\(content.schema.prefix(40))', but this version reads \(schema)")
    }
    guard content.sha256 == sha256 else {
      throw bad("it belongs to another model, whose weights have the SHA-256 \(content.sha256.prefix(64))")
    }
    guard content.labels == labels else { throw bad("its labels are not the model's") }
    if let problem = content.heads.problem(labels: labels) { throw bad(problem) }
    guard !content.heads.parts.isEmpty else { throw bad("it has no heads") }
    return content.heads
  }

  /// Writes the file whole or not at all, over one that is there; makes the folders.
  /// - Parameters:
  ///   - baseline: what is written.
  ///   - model: what the model is called, for people.
  ///   - sha256: of the model's weights.
  ///   - labels: of the model.
  ///   - source: what the neutral material was, for people.
  /// - Throws: `FileError` of kind `cannotWrite`.
  public func write(
    _ baseline: PersonBaseline, model: String, sha256: String, labels: [String], source: String
  ) throws {
    if let folder = path.lastIndex(of: "/").map({ String(path[..<$0]) }), !folder.isEmpty {
      do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
        throw FileError(.cannotWrite, path: folder, problem: "the folder cannot be made")
      }
    }
    let content: JSON = [
      "schema": .string(Self.schema), "model": .string(model), "sha256": .string(sha256),
      "labels": .array(labels.map(JSON.string)), "made_from": .string(source), "heads": baseline.json,
    ]
    let file = try AtomicFile(path)
    try file.write(content.indented + "\n")
    try file.commit()
  }
}
