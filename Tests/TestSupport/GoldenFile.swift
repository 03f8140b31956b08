public import Foundation

/// Recorded truth: in the folder named by MIEN_GOLDEN where it has the file, in the test's resources otherwise.
public enum GoldenFile {
  public static func read<Value: Decodable>(_ type: Value.Type, _ name: String, of bundle: Bundle) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name, bundle)))
  }

  /// names_*.json: names to shapes.
  public static func names(_ file: String, of bundle: Bundle) throws -> [(name: String, shape: [Int])] {
    try read([String: [Int]].self, file, of: bundle).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func url(_ name: String, _ bundle: Bundle) throws -> URL {
    if let folder = ProcessInfo.processInfo.environment["MIEN_GOLDEN"] {
      let url = URL(filePath: folder).appending(path: name)
      if FileManager.default.fileExists(atPath: url.path) { return url }
    }
    guard let url = bundle.url(forResource: "Golden", withExtension: nil) else { throw CocoaError(.fileNoSuchFile) }
    return url.appending(path: name)
  }
}
