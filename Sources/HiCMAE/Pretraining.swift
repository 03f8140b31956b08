public import Layers
public import Tensor

/// HiCMAE for pre-training (arXiv 2401.05698): the backbone of recognition on visible tokens, and two decoders.
public struct Pretraining: Sendable {
  public let configuration: PretrainingConfiguration
  public let backbone: Backbone
  public let videoDecoder, audioDecoder: DecoderStack

  /// The weights of `store`, whose names and shapes give the sizes.
  /// - Throws: ``Layers/WeightError``, or the store's error if it cannot be read.
  public init(reading store: any TensorStore) throws {
    try self.init(PretrainingConfiguration(inferredFrom: store), Weights(reading: store))
  }

  /// - Throws: ``Layers/WeightError`` naming what does not fit; the store's error if it cannot be read.
  public init(_ configuration: PretrainingConfiguration, _ weights: Weights) throws {
    self.configuration = configuration
    backbone = try Backbone(configuration.backbone, weights)
    videoDecoder = try DecoderStack(configuration, suffix: "", grid: Configuration.videoGrid, weights)
    audioDecoder = try DecoderStack(configuration, suffix: "_audio", grid: Configuration.audioGrid, weights)
    try weights.finish()
  }

  /// What comes out; memory of the operations.
  public struct Output {
    /// The hidden patches, normalised as ``ReconstructionTargets`` are: (hidden places, 1536) and (hidden places, 256).
    public let video, audio: Matrix
    /// For every chosen layer, the mean over each clip's visible tokens: (batch, dim) of both senses.
    public let levels: [(video: Matrix, audio: Matrix)]
  }

  /// The configuration's layers must be there: see ``PretrainingConfiguration/check()``.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160).
  ///   - audio: (batch, 256·128).
  ///   - contrast: whether the levels are wanted.
  public func callAsFunction(
    video: Matrix, audio: Matrix, mask: PretrainingMask, contrast: Bool = true, _ operations: Operations
  ) -> Output {
    let batch = video.rows
    precondition(audio.rows == batch && mask.video.hidden.batch == batch, "pictures, sounds and masks differ in number")
    let (videoDepth, audioDepth) = (configuration.backbone.videoDepth, configuration.backbone.audioDepth)
    let layers = configuration.skips || contrast ? configuration.layers : []
    let seen = backbone.video(
      video, visible: mask.video.visible, layers: Set(layers + [videoDepth]), operations)
    let heard = backbone.audio(
      audio, visible: mask.audio.visible, layers: Set(layers + [audioDepth]), operations)
    func chosen(_ all: [Int: Matrix], _ layer: Int) -> Matrix {
      guard let found = all[layer] else { preconditionFailure("layer \(layer) was not kept") }
      return found
    }

    let levels = (contrast ? layers : []).map { layer in
      (
        video: operations.meanOverTokens(chosen(seen, layer), batch: batch),
        audio: operations.meanOverTokens(chosen(heard, layer), batch: batch)
      )
    }
    let fused = backbone.fusion(
      video: chosen(seen, videoDepth), audio: chosen(heard, audioDepth), batch: batch, operations)
    let deepestFirst = layers.reversed()
    return Output(
      video: videoDecoder(
        fused.video, skips: deepestFirst.map { chosen(seen, $0) }, hiding: mask.video, operations),
      audio: audioDecoder(
        fused.audio, skips: deepestFirst.map { chosen(heard, $0) }, hiding: mask.audio, operations),
      levels: levels)
  }
}
