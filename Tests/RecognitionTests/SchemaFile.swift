import Foundation
import TestSupport
import Testing

/// The repository's schema of the stream, found from this file's own place.
func streamSchema() throws -> SchemaValidator {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try SchemaValidator(
    schema: String(contentsOf: root.appending(path: "schema/mien.stream-1.3.schema.json"), encoding: .utf8))
}
