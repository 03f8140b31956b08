internal import Foundation

// Reading config.json, with errors in one line. Not what it means (see ModelConfig), nor its text (ModelConfigJSON).

extension ModelConfig {
  /// Task and sizes in one line.
  package var summary: String { "\(task.rawValue), \(describe(sizes))" }

  /// Reads `config.json` at `path`.
  /// - Throws: `ModelError` naming the file and the key.
  package init(file path: String) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw ModelError(.noInput, path: path, problem: "cannot be read")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { self = try decoder.decode(ModelConfig.self, from: data) } catch let error as DecodingError {
      throw ModelError(.badData, path: path, problem: Self.sentence(error))
    }
  }

  /// Foundation's decoding errors, shortened to the key and what is wrong with it.
  private static func sentence(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "lacks the key '\(name(context.codingPath + [key]))'"
    case .typeMismatch(let type, let context): "'\(name(context.codingPath))' is not a \(kind(type))"
    case .valueNotFound(_, let context): "'\(name(context.codingPath))' is null"
    case .dataCorrupted(let context):
      // Foundation says neither where nor which for these two.
      context.codingPath.isEmpty
        ? "is not valid JSON, or a number in it does not fit its key"
        : "'\(name(context.codingPath))' \(context.debugDescription)"
    @unknown default: "cannot be understood"
    }
  }

  /// What a value should have been.
  private static func kind(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "whole number"
    case is Double.Type: "number"
    case is Bool.Type: "truth value"
    case is String.Type: "text"
    default: "value of the right kind"
    }
  }

  /// A coding path as the file spells it.
  private static func name(_ path: [any CodingKey]) -> String {
    path.map { key in
      if let index = key.intValue { return String(index) }
      return key.stringValue.reduce(into: "") { text, character in
        if character.isUppercase { text += "_" }
        text += character.lowercased()
      }
    }.joined(separator: ".")
  }
}
