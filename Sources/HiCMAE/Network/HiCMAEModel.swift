public import Layers
public import Tensor

/// HiCMAE for recognition (arXiv 2401.05698, hierarchical feature fusion): a window of picture and sound to logits.
///
/// With one modality alone its layers' means, summed by their shares, are all that the head reads; there is no fusion. A
/// model of both modalities may have learned values that stand for one that is absent.
///
/// The one definition of the model; it owns weights and no memory for passes. Preprocessing and labels are elsewhere.
public struct HiCMAEModel: Sendable {
  public let configuration: Configuration
  public let backbone: Backbone
  /// (depth) each: what softmax turns into every layer's share. Nil where only the last layer is read, and for an absent
  /// modality.
  public let videoLayerWeights, audioLayerWeights: Parameter?
  /// What stands for a modality that a window does not have; nil where the model needs it.
  public let absentVideo, absentAudio: AbsentModality?
  public let featureNorm: LayerNorm
  public let head: Linear
  /// How its weights were packed, or nil for plain ones, which can be trained.
  public let packing: WeightPacking?

  /// What a tap may look at.
  public enum Stage: Hashable, Sendable {
    /// Encoder layers, normalised, (batch · tokens, dim).
    case videoLayer(Int)
    case audioLayer(Int)
    /// After fusion, normalised, (batch · tokens, dim).
    case fusedVideo, fusedAudio
    /// The parts of what the head reads, before they are normalised: (batch, featureWidth). Summaries of picture and
    /// sound, then the means of both after fusion, dim wide each; of one modality alone its summary.
    case parts
    /// What the head reads, (batch, featureWidth).
    case feature
  }
  /// Sees values on the way to the logits.
  public typealias Tap = (_ stage: Stage, _ values: Matrix) -> Void

  /// The weights of `store`, whose names and shapes give the sizes.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  public init(reading store: any TensorStore, packing: WeightPacking? = nil) throws {
    try self.init(Configuration(inferredFrom: store), Weights(reading: store, packing: packing))
  }

  /// Fresh weights of these sizes, the same for the same seed: a start for fine-tuning, or for timing.
  public init(_ configuration: Configuration, seed: UInt64, packing: WeightPacking? = nil) {
    do {
      try self.init(configuration, Weights(fresh: seed, packing: packing))
    } catch {
      preconditionFailure("fresh weights always fit: \(error)")
    }
  }

  /// - Throws: `WeightError` naming what does not fit; the store's error if it cannot be read.
  public init(_ configuration: Configuration, _ weights: Weights) throws {
    guard configuration.outputs > 0 else {
      throw WeightError.notThisModel("it has no head.weight, so it is a pre-training checkpoint; fine-tune it first")
    }
    self.configuration = configuration
    backbone = try Backbone(configuration, weights)
    func layerWeights(_ name: String, depth: Int) throws -> Parameter? {
      guard configuration.layerFusion && depth > 0 else { return nil }
      return try weights.parameter(name, [depth], fresh: .constant(1 / Float(depth)))
    }
    videoLayerWeights = try layerWeights("video_layer_weights", depth: configuration.videoDepth)
    audioLayerWeights = try layerWeights("audio_layer_weights", depth: configuration.audioDepth)
    func absent(_ name: String) throws -> AbsentModality? {
      try configuration.absentTokens ? AbsentModality(weights["absent"][name], dim: configuration.dim) : nil
    }
    (absentVideo, absentAudio) = (try absent("video"), try absent("audio"))
    let width = configuration.featureWidth
    featureNorm = try LayerNorm(weights["fc_norm"], width: width, epsilon: Configuration.epsilon)
    // PyTorch's default for linear layers.
    let bound = 1 / Float(width).squareRoot()
    head = try Linear(
      weights["head"], from: width, to: configuration.outputs, fresh: .uniform(bound: bound),
      freshBias: .uniform(bound: bound), exact: true)
    packing = weights.packing
    try weights.finish()
  }

  /// What the model says of a batch of clips.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised. A modality that the model does not have is not looked at and may be
  ///     nil. With ``Configuration/absentTokens`` one of the two may be nil: it is absent.
  ///   - audio: (batch, 256·128), normalised; likewise.
  ///   - dropping: in training, the chance of each stack's last block; those before it have less.
  ///   - pruning: which of the picture's tokens are left out; nil: none.
  ///   - encoded: where it holds a picture that one is taken, and `video` is not looked at; else it keeps this one.
  ///   - operations: does the work.
  ///   - logits: (batch, outputs), filled.
  ///   - tap: sees the layers on the way. Their memory is used again as soon as it returns.
  public func callAsFunction(
    video: Matrix?, audio: Matrix?, dropping: DropPath? = nil, pruning: TokenPruning? = nil,
    encoded: EncodedVideo? = nil, _ operations: Operations, into logits: Matrix, tap: Tap? = nil
  ) {
    let (batch, dim) = (logits.rows, configuration.dim)
    let feature = operations.matrix(rows: batch, columns: configuration.featureWidth)

    var kept: KeptTokens?
    let lastVideo = backbone.video.map { encoder in
      let summary = feature.columns(0..<dim)
      if let picture = encoded?.values {
        operations.copy(picture.summary, into: summary)
        kept = picture.kept
        return picture.tokens
      }
      if video == nil, let absentVideo { return absentVideo(into: summary, operations) }
      let video = given(video, "pictures", batch)
      kept = pruning?.kept(video)
      let last = encoder.summarised(
        video, only: kept, shares: videoLayerWeights, into: summary, dropping: dropping, operations
      ) { tap?(.videoLayer($0), $1) }
      encoded?.keep(last, kept, summary: summary, operations)
      return last
    }
    let place = lastVideo == nil ? 0 : dim
    let lastAudio = backbone.audio.map { encoder in
      let summary = feature.columns(place..<place + dim)
      if audio == nil, let absentAudio {
        precondition(video != nil || encoded?.values != nil, "a window without modalities")
        return absentAudio(into: summary, operations)
      }
      return encoder.summarised(
        given(audio, "sounds", batch), shares: audioLayerWeights, into: summary, dropping: dropping, operations
      ) { tap?(.audioLayer($0), $1) }
    }

    if let fusion = backbone.fusion, let lastVideo, let lastAudio {
      let fused = fusion(video: lastVideo, audio: lastAudio, batch: batch, dropping: dropping, operations)
      operations.mean(fused.video, kept, batch: batch, into: feature.columns(2 * dim..<3 * dim))
      operations.meanOverTokens(fused.audio, batch: batch, into: feature.columns(3 * dim..<4 * dim))
      tap?(.fusedVideo, fused.video)
      tap?(.fusedAudio, fused.audio)
    }

    tap?(.parts, feature)
    let normalised = featureNorm(feature, operations)
    head(normalised, into: logits, operations)
    tap?(.feature, normalised)
  }
}

/// The input of a modality that the model has.
func given(_ input: Matrix?, _ name: String, _ batch: Int) -> Matrix {
  guard let input, input.rows == batch else {
    preconditionFailure("\(input?.rows ?? 0) \(name) for a batch of \(batch)")
  }
  return input
}
