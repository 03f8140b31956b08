// The sizes as a run's config.json has them. Files without absent tokens do not name them, as before there were any.

extension Configuration: Codable {
  private enum Key: String, CodingKey {
    case dim, videoDepth, audioDepth, fusionDepth, outputs, layerFusion, absentTokens
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      dim: try container.decode(Int.self, forKey: .dim),
      videoDepth: try container.decode(Int.self, forKey: .videoDepth),
      audioDepth: try container.decode(Int.self, forKey: .audioDepth),
      fusionDepth: try container.decode(Int.self, forKey: .fusionDepth),
      outputs: try container.decode(Int.self, forKey: .outputs))
    layerFusion = try container.decode(Bool.self, forKey: .layerFusion)
    absentTokens = try container.decodeIfPresent(Bool.self, forKey: .absentTokens) ?? false
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(dim, forKey: .dim)
    try container.encode(videoDepth, forKey: .videoDepth)
    try container.encode(audioDepth, forKey: .audioDepth)
    try container.encode(fusionDepth, forKey: .fusionDepth)
    try container.encode(outputs, forKey: .outputs)
    try container.encode(layerFusion, forKey: .layerFusion)
    if absentTokens { try container.encode(true, forKey: .absentTokens) }
  }
}
