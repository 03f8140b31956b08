import Files
import Foundation
import Testing

@testable import Checkpoint

/// A folder for one test, removed when the test's value goes.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "mien-checkpoint-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}

/// The checkpoint error that `body` throws; nothing else may be thrown, and something must.
func checkpointError(
  _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) throws -> FileError {
  let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { try body() }
  let found = try #require(error, sourceLocation: sourceLocation)
  #expect(!found.description.contains("\n"), "one line", sourceLocation: sourceLocation)
  return found
}

/// Bytes in memory as if they were a file.
func memory(_ content: [UInt8], _ path: String = "memory") -> FileBytes {
  content.withUnsafeBytes { FileBytes(copying: $0, path: path) }
}
