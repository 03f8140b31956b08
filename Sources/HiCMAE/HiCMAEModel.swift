public import Layers
public import Tensor

/// HiCMAE for recognition (arXiv 2401.05698, hierarchical feature fusion): a window of picture and sound to logits.
///
/// The one definition of the model; it owns weights and no memory for passes. Preprocessing and labels are elsewhere.
public struct HiCMAEModel: Sendable {
  public let configuration: Configuration
  public let backbone: Backbone
  /// (depth) each: what softmax turns into every layer's share. Nil where only the last layer is read.
  public let videoLayerWeights, audioLayerWeights: Parameter?
  public let featureNorm: LayerNorm
  public let head: Linear

  /// What a tap may look at.
  public enum Stage: Hashable, Sendable {
    /// Encoder layers, normalised, (batch · tokens, dim).
    case videoLayer(Int)
    case audioLayer(Int)
    /// After fusion, normalised, (batch · tokens, dim).
    case fusedVideo, fusedAudio
    /// What the head reads, (batch, 4 · dim).
    case feature
  }
  public typealias Tap = (_ stage: Stage, _ values: Matrix) -> Void

  /// The weights of `store`, whose names and shapes give the sizes.
  /// - Throws: ``Layers/WeightError``, or the store's error if it cannot be read.
  public init(reading store: any TensorStore) throws {
    try self.init(Configuration(inferredFrom: store), Weights(reading: store))
  }

  /// Fresh weights of these sizes, the same for the same seed: a start for fine-tuning, or for timing.
  public init(_ configuration: Configuration, seed: UInt64) {
    do {
      try self.init(configuration, Weights(fresh: seed))
    } catch {
      preconditionFailure("fresh weights always fit: \(error)")
    }
  }

  /// - Throws: ``Layers/WeightError`` naming what does not fit; the store's error if it cannot be read.
  public init(_ configuration: Configuration, _ weights: Weights) throws {
    guard configuration.outputs > 0 else {
      throw WeightError.notThisModel("it has no head.weight, so it is a pre-training checkpoint; fine-tune it first")
    }
    self.configuration = configuration
    let (dim, videoDepth, audioDepth) = (configuration.dim, configuration.videoDepth, configuration.audioDepth)
    backbone = try Backbone(configuration, weights)
    if configuration.layerFusion {
      videoLayerWeights = try weights.parameter(
        "video_layer_weights", [videoDepth], fresh: .constant(1 / Float(videoDepth)))
      audioLayerWeights = try weights.parameter(
        "audio_layer_weights", [audioDepth], fresh: .constant(1 / Float(audioDepth)))
    } else {
      (videoLayerWeights, audioLayerWeights) = (nil, nil)
    }
    featureNorm = try LayerNorm(weights["fc_norm"], width: 4 * dim, epsilon: Configuration.epsilon)
    // PyTorch's default for linear layers.
    let bound = 1 / Float(4 * dim).squareRoot()
    head = try Linear(
      weights["head"], from: 4 * dim, to: configuration.outputs, fresh: .uniform(bound: bound),
      freshBias: .uniform(bound: bound))
    try weights.finish()
  }

  /// Logits (batch, outputs) of `video` (batch, 3·16·160·160) and `audio` (batch, 256·128).
  ///
  /// - Parameter dropping: in training, the chance of each stack's last block; those before it have less.
  public func callAsFunction(
    video: Matrix, audio: Matrix, dropping: DropPath? = nil, _ operations: Operations, into logits: Matrix,
    tap: Tap? = nil
  ) {
    precondition(video.rows == audio.rows, "\(video.rows) pictures and \(audio.rows) sounds")
    let batch = video.rows
    let dim = configuration.dim
    let feature = operations.matrix(rows: batch, columns: 4 * dim)

    let lastVideo = backbone.video.summarised(
      video, shares: videoLayerWeights, into: feature.columns(0..<dim), dropping: dropping, operations
    ) { tap?(.videoLayer($0), $1) }
    let lastAudio = backbone.audio.summarised(
      audio, shares: audioLayerWeights, into: feature.columns(dim..<2 * dim), dropping: dropping, operations
    ) { tap?(.audioLayer($0), $1) }

    let fused = backbone.fusion(
      video: lastVideo, audio: lastAudio, batch: batch, dropping: dropping, operations)
    operations.meanOverTokens(fused.video, batch: batch, into: feature.columns(2 * dim..<3 * dim))
    operations.meanOverTokens(fused.audio, batch: batch, into: feature.columns(3 * dim..<4 * dim))

    let normalised = featureNorm(feature, operations)
    head(normalised, into: logits, operations)
    tap?(.fusedVideo, fused.video)
    tap?(.fusedAudio, fused.audio)
    tap?(.feature, normalised)
  }
}
