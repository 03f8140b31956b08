import Foundation

/// A folder that goes away with the test.
package final class Scratch {
  package let path: String
  package init() throws {
    path = NSTemporaryDirectory() + "mien-media-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  package func file(_ name: String) -> String { path + "/" + name }
}
