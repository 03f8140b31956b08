import Foundation

/// Recorded truth: in the folder named by MIEN_GOLDEN where it has the file, in this test's resources otherwise.
enum GoldenFile {
  static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
  }

  private static func url(_ name: String) throws -> URL {
    if let folder = ProcessInfo.processInfo.environment["MIEN_GOLDEN"] {
      let url = URL(filePath: folder).appending(path: name)
      if FileManager.default.fileExists(atPath: url.path) { return url }
    }
    guard let url = Bundle.module.url(forResource: "Golden", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return url.appending(path: name)
  }
}

/// classify_*.json.
struct Classification: Decodable {
  struct Statistics: Decodable {
    let mean, std: Double
    /// The first values of the first token.
    let head: [Double]
  }
  let seed: String
  let dim, batch: Int
  let logits: [[Double]]
  let videoLayers, audioLayers: [Statistics]
  let fusionVideo, fusionAudio: Statistics
  let featureHead: [Double]

  enum CodingKeys: String, CodingKey {
    case seed, dim, batch, logits
    case videoLayers = "video_layers"
    case audioLayers = "audio_layers"
    case fusionVideo = "fusion_video"
    case fusionAudio = "fusion_audio"
    case featureHead = "feature_head"
  }
}

/// names_*.json: names to shapes.
func names(_ file: String) throws -> [(name: String, shape: [Int])] {
  try GoldenFile.read([String: [Int]].self, file).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
}
