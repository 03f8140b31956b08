internal import Architectures
internal import Files
internal import Foundation
package import Networks

// Reading config.json, with errors in one line. Not what it means (see ModelConfig), nor its text (ModelConfigJSON).

extension ModelConfig {
  /// Task and sizes in one line.
  package var summary: String { "\(task.rawValue), \(sizes.base.summary)" }

  /// Reads `config.json` at `path`.
  /// - Parameter known: the architectures that it may be of.
  /// - Throws: `FileError` naming the file and the key.
  package init(file path: String, among known: [any Architecture] = architectures) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FileError(.noInput, path: path, problem: "cannot be read")
    }
    let decoder = JSONDecoder()
    decoder.userInfo[.architectures] = known
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { self = try decoder.decode(ModelConfig.self, from: data) } catch let error as DecodingError {
      throw FileError(.badData, path: path, problem: error.sentence)
    }
  }
}
