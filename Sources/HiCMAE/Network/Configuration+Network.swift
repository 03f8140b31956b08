public import Layers
public import Networks
public import Tensor

extension Configuration: NetworkSizes {
  public var architecture: any Architecture { HiCMAEArchitecture() }

  public var inputs: InputShapes {
    InputShapes(
      video: hasVideo ? .pictures(frames: Self.frames, side: Self.side) : nil,
      audio: hasAudio ? .spectrogram(rows: Self.rows, bins: Self.bins) : nil)
  }

  /// One, which rests on all modalities; with absent tokens also one for each modality alone, all of the same weights.
  /// None without outputs. Weights do not tell their task.
  public var heads: [Head] {
    let names: [(String, Modalities)] =
      absentTokens ? [("both", .audioVideo), ("audio", .audio), ("video", .video)] : [("emotion", modalities)]
    return outputs == 0 ? [] : names.map { Head(name: $0, modalities: $1, outputs: outputs) }
  }

  public var width: Int { dim }

  public var summary: String {
    let depths =
      switch (hasVideo, hasAudio) {
      case (true, true): "depth \(videoDepth) and \(audioDepth), fusion \(fusionDepth)"
      case (false, _): "sound alone, depth \(audioDepth)"
      case (true, false): "picture alone, depth \(videoDepth)"
      }
    let rest = (layerFusion ? "" : "no layer fusion, ") + (absentTokens ? "absent tokens, " : "")
    return "dim \(dim), \(depths), \(rest)\(outputs) outputs"
  }

  public var details: String {
    "dim \(dim), depth \(videoDepth) (picture) and \(audioDepth) (sound), fusion \(fusionDepth)"
      + (absentTokens ? ", tokens for an absent modality" : "")
  }

  /// An older config.json does not have the sizes of decoders.
  /// - Throws: `WeightError` where the weights have decoders beside a head, which no training can begin with.
  public func completed(by store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    HiCMAEArchitecture.hasDecoders(store) ? try PretrainingConfiguration(inferredFrom: store) : self
  }

  public func fits(_ found: any NetworkSizes) -> Bool { Self.backbone(of: found) == self }

  /// Weights of pre-training have the sizes of decoders, which an older config.json does not have.
  static func backbone(of sizes: any NetworkSizes) -> Configuration? {
    sizes as? Configuration ?? (sizes as? PretrainingConfiguration)?.backbone
  }

  public func network(_ weights: Weights) throws -> any Network { try HiCMAEModel(self, weights) }

  public func prove(_ store: any TensorStore) throws {
    if outputs == 0 {
      _ = try Pretraining(reading: store)
    } else {
      _ = try HiCMAEModel(self, Weights(reading: store))
    }
  }

  public func featureExtractor(_ store: any TensorStore) throws -> (any FeatureExtractor)? {
    guard outputs > 0 else { throw WeightError.notThisModel("it has neither a head nor decoders") }
    return try HiCMAEModel(reading: store)
  }
}

extension PretrainingConfiguration: NetworkSizes {
  public var architecture: any Architecture { HiCMAEArchitecture() }
  public var inputs: InputShapes { backbone.inputs }
  public var heads: [Head] { [] }
  public var width: Int { backbone.dim }
  public var summary: String { backbone.summary }
  public var details: String { backbone.details }
  public var gigaflops: Double { backbone.gigaflops }

  /// Which layers decoders look at is not in weights, so only the backbone is compared; the network proves the decoders.
  public func fits(_ found: any NetworkSizes) -> Bool { backbone.fits(found) }

  /// - Throws: `WeightError`: a pre-training model has no head.
  public func network(_ weights: Weights) throws -> any Network { try backbone.network(weights) }
  public func prove(_ store: any TensorStore) throws { try backbone.prove(store) }

  public func featureExtractor(_ store: any TensorStore) throws -> (any FeatureExtractor)? {
    try check()
    return try Pretraining(self, Weights(reading: store))
  }

  public func patchReconstructor(_ store: any TensorStore) throws -> (any PatchReconstructor)? {
    try check()
    return try Pretraining(self, Weights(reading: store))
  }
}
