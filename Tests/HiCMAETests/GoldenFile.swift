import Foundation
import TestSupport

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

func names(_ file: String) throws -> [(name: String, shape: [Int])] {
  try GoldenFile.names(file, of: .module)
}
