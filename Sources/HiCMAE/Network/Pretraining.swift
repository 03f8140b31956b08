public import Layers
public import Tensor

/// HiCMAE for pre-training (arXiv 2401.05698): the backbone of recognition on visible tokens, and two decoders.
///
/// With one modality alone its decoder starts from the encoder's last layer, and there is neither fusion nor contrast.
public struct Pretraining: Sendable {
  public let configuration: PretrainingConfiguration
  public let backbone: Backbone
  /// One for each modality that there is.
  public let videoDecoder, audioDecoder: DecoderStack?

  /// The weights of `store`, whose names and shapes give the sizes.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  public init(reading store: any TensorStore) throws {
    try self.init(PretrainingConfiguration(inferredFrom: store), Weights(reading: store))
  }

  /// - Throws: `WeightError` naming what does not fit; the store's error if it cannot be read.
  public init(_ configuration: PretrainingConfiguration, _ weights: Weights) throws {
    self.configuration = configuration
    backbone = try Backbone(configuration.backbone, weights)
    videoDecoder =
      backbone.video == nil
      ? nil : try DecoderStack(configuration, suffix: "", grid: Configuration.videoGrid, weights)
    audioDecoder =
      backbone.audio == nil
      ? nil : try DecoderStack(configuration, suffix: "_audio", grid: Configuration.audioGrid, weights)
    try weights.finish()
  }

  /// What comes out; memory of the operations.
  public struct Output {
    /// The hidden patches, normalised as ``ReconstructionTargets`` are: (hidden places, 1536) and (hidden places, 256).
    /// Nil for a modality that the model does not have.
    public let video, audio: Matrix?
    /// For every chosen layer, the mean over each clip's visible tokens: (batch, dim) of both modalities. None with one
    /// alone.
    public let levels: [(video: Matrix, audio: Matrix)]
  }

  /// The configuration's layers must be there: see ``PretrainingConfiguration/check()``.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160). A modality that the model does not have is not looked at and may be nil.
  ///   - audio: (batch, 256·128); likewise.
  ///   - mask: of both modalities, its batch that of the inputs.
  ///   - contrast: whether the levels are wanted.
  ///   - operations: does the work.
  public func callAsFunction(
    video: Matrix?, audio: Matrix?, mask: PretrainingMask, contrast: Bool = true, _ operations: Operations
  ) -> Output {
    let batch = mask.video.hidden.batch
    let sizes = configuration.backbone
    let contrasted = contrast && backbone.fusion != nil
    let layers = configuration.skips || contrasted ? configuration.layers : []
    let seen =
      backbone.video.map {
        $0(
          given(video, "pictures", batch), visible: mask.video.visible, layers: Set(layers + [sizes.videoDepth]),
          operations)
      } ?? [:]
    let heard =
      backbone.audio.map {
        $0(
          given(audio, "sounds", batch), visible: mask.audio.visible, layers: Set(layers + [sizes.audioDepth]),
          operations)
      } ?? [:]
    func chosen(_ all: [Int: Matrix], _ layer: Int) -> Matrix {
      guard let found = all[layer] else { preconditionFailure("layer \(layer) was not kept") }
      return found
    }

    let levels = (contrasted ? layers : []).map { layer in
      (
        video: operations.meanOverTokens(chosen(seen, layer), batch: batch),
        audio: operations.meanOverTokens(chosen(heard, layer), batch: batch)
      )
    }
    let fused = backbone.fusion.map {
      $0(video: chosen(seen, sizes.videoDepth), audio: chosen(heard, sizes.audioDepth), batch: batch, operations)
    }
    let deepestFirst = layers.reversed()
    return Output(
      video: videoDecoder.map { decoder in
        decoder(
          fused?.video ?? chosen(seen, sizes.videoDepth), skips: deepestFirst.map { chosen(seen, $0) },
          hiding: mask.video, operations)
      },
      audio: audioDecoder.map { decoder in
        decoder(
          fused?.audio ?? chosen(heard, sizes.audioDepth), skips: deepestFirst.map { chosen(heard, $0) },
          hiding: mask.audio, operations)
      },
      levels: levels)
  }
}
