public import Files
public import Networks

// The sizes as config.json of a model has them: keys of `sizes`, and keys beside it. Older files do not have all of those.

extension HiCMAEArchitecture {
  private enum Key: String, CodingKey { case sizes, layerFusion, decoder, skipLayers, skips }

  private struct Sizes: Decodable {
    var dim, depthVideo, depthAudio, fusionDepth, outputs: Int
    var absentTokens: Bool?
  }

  private struct DecoderSizes: Decodable {
    var dim, depth: Int
  }

  public func sizes(from decoder: any Decoder, isPretraining: Bool) throws -> any NetworkSizes {
    let container = try decoder.container(keyedBy: Key.self)
    let sizes = try container.decode(Sizes.self, forKey: .sizes)
    let both = sizes.depthVideo > 0 && sizes.depthAudio > 0
    guard
      [sizes.depthVideo, sizes.depthAudio, sizes.fusionDepth].allSatisfy({ (0...limits.largest).contains($0) }),
      sizes.depthVideo + sizes.depthAudio > 0, (sizes.fusionDepth > 0) == both, limits.allow(width: sizes.dim),
      (0...65_536).contains(sizes.outputs), sizes.absentTokens != true || both && sizes.outputs > 0
    else { throw Self.problem(.sizes, "are not those of a model", container) }
    var backbone = Configuration(
      dim: sizes.dim, videoDepth: sizes.depthVideo, audioDepth: sizes.depthAudio, fusionDepth: sizes.fusionDepth,
      outputs: sizes.outputs)
    backbone.absentTokens = sizes.absentTokens ?? false
    backbone.layerFusion = try container.decodeIfPresent(Bool.self, forKey: .layerFusion) ?? true
    guard isPretraining, sizes.outputs == 0 else { return backbone }
    return try decoders(container, backbone) ?? backbone
  }

  /// A checkpoint does not tell the layers that decoders look at, so they are kept here; nil in older files.
  private func decoders(
    _ container: KeyedDecodingContainer<Key>, _ backbone: Configuration
  ) throws -> PretrainingConfiguration? {
    guard let sizes = try container.decodeIfPresent(DecoderSizes.self, forKey: .decoder) else { return nil }
    guard
      limits.allow(width: sizes.dim), (1...limits.largest).contains(sizes.depth)
    else { throw Self.problem(.decoder, "has not the sizes of one", container) }
    let whole = PretrainingConfiguration(
      backbone: backbone, decoderDim: sizes.dim, decoderDepth: sizes.depth,
      layers: try container.decode([Int].self, forKey: .skipLayers),
      skips: try container.decode(Bool.self, forKey: .skips))
    do { try whole.check() } catch { throw Self.problem(.skipLayers, "do not fit: \(error)", container) }
    return whole
  }

  private static func problem(
    _ key: Key, _ reason: String, _ container: KeyedDecodingContainer<Key>
  ) -> DecodingError {
    DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
  }
}

extension Configuration {
  public var json: (sizes: JSON, more: [JSON.Member]) {
    (sizes: own, more: outputs == 0 ? [] : [.init("layer_fusion", .bool(layerFusion))])
  }

  fileprivate var own: JSON {
    let sizes: [JSON.Member] = [
      .init("dim", .int(dim)), .init("depth_video", .int(videoDepth)), .init("depth_audio", .int(audioDepth)),
      .init("fusion_depth", .int(fusionDepth)), .init("outputs", .int(outputs)),
    ]
    return .object(sizes + (absentTokens ? [.init("absent_tokens", .bool(true))] : []))
  }
}

extension PretrainingConfiguration {
  public var json: (sizes: JSON, more: [JSON.Member]) {
    (
      sizes: backbone.own,
      more: [
        .init("decoder", ["dim": .int(decoderDim), "depth": .int(decoderDepth)]),
        .init("skip_layers", .array(layers.map(JSON.int))), .init("skips", .bool(skips)),
      ]
    )
  }
}
