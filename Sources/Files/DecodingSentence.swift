internal import Foundation

extension DecodingError {
  /// Foundation's decoding errors in one line: the key, as the file spells it, and what is wrong with it.
  package var sentence: String {
    switch self {
    case .keyNotFound(let key, let context): "lacks the key '\(Self.name(context.codingPath + [key]))'"
    case .typeMismatch(let type, let context): "'\(Self.name(context.codingPath))' is not a \(Self.kind(type))"
    case .valueNotFound(_, let context): "'\(Self.name(context.codingPath))' is null"
    case .dataCorrupted(let context):
      // Foundation says neither where nor which for these two.
      context.codingPath.isEmpty
        ? "is not valid JSON, or a number in it does not fit its key"
        : "'\(Self.name(context.codingPath))' \(context.debugDescription)"
    @unknown default: "cannot be understood"
    }
  }

  /// What a value should have been.
  private static func kind(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type, is Int64.Type: "whole number"
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
