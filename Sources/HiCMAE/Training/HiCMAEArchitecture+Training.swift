public import HiCMAE
internal import Networks
public import Training

// The sizes as a run's config.json has them, with the keys of our types.

extension HiCMAEArchitecture: TrainableArchitecture {
  public var isNamedInRuns: Bool { false }

  public func sizes(ofRun decoder: any Decoder) throws -> any TrainableSizes {
    let sizes = try RunSizes(from: decoder)
    if let pretraining = sizes.pretraining { return pretraining }
    return sizes.backbone
  }
}

/// The sizes of what a run trains.
private struct RunSizes: Codable {
  var backbone: Configuration
  /// Pre-training's decoders; nil in fine-tuning.
  var decoderDim, decoderDepth: Int?
  var skips: Bool?
  var skipLayers: [Int]?

  init(_ backbone: Configuration) { self.backbone = backbone }

  init(_ sizes: PretrainingConfiguration) {
    (backbone, decoderDim, decoderDepth) = (sizes.backbone, sizes.decoderDim, sizes.decoderDepth)
    (skips, skipLayers) = (sizes.skips, sizes.layers)
  }

  /// nil without decoders.
  var pretraining: PretrainingConfiguration? {
    guard let decoderDim, let decoderDepth, let skips, let skipLayers else { return nil }
    return PretrainingConfiguration(
      backbone: backbone, decoderDim: decoderDim, decoderDepth: decoderDepth, layers: skipLayers, skips: skips)
  }
}

extension Configuration: TrainableSizes {
  public func encode(forRun encoder: any Encoder) throws { try RunSizes(self).encode(to: encoder) }

  public func fineTuning(_ request: FineTuningRequest) -> any FineTunableSizes {
    var sizes = keeping(request.modalities)
    (sizes.outputs, sizes.layerFusion) = (request.outputs, request.layerFusion)
    sizes.absentTokens = request.absentTokens && sizes.modalities == .audioVideo
    return sizes
  }

  public func pretraining(_ request: PretrainingRequest) throws -> any PretrainableSizes {
    try PretrainingConfiguration(self, nil, request)
  }
}

extension PretrainingConfiguration: TrainableSizes {
  public func encode(forRun encoder: any Encoder) throws { try RunSizes(self).encode(to: encoder) }

  public func fineTuning(_ request: FineTuningRequest) -> any FineTunableSizes { backbone.fineTuning(request) }

  public func pretraining(_ request: PretrainingRequest) throws -> any PretrainableSizes {
    try PretrainingConfiguration(backbone, self, request)
  }

  /// - Parameter before: the decoders of the network that training starts from; nil: it has none.
  fileprivate init(
    _ backbone: Configuration, _ before: PretrainingConfiguration?, _ request: PretrainingRequest
  ) throws {
    var backbone = backbone.keeping(request.modalities)
    // All belong to the head, and pre-training has none.
    (backbone.outputs, backbone.layerFusion) = (0, true)
    backbone.absentTokens = false
    // As published for base. For the other sizes nothing is published: half of the encoders' width, in whole heads.
    let half = backbone.dim == 512 ? 384 : max(64, (backbone.dim / 2 + 63) / 64 * 64)
    self.init(
      backbone: backbone, decoderDim: request.decoderWidth ?? before?.decoderDim ?? half,
      decoderDepth: request.layers == nil ? before?.decoderDepth : nil, layers: request.layers ?? before?.layers,
      skips: request.skips)
    try check()
  }
}
