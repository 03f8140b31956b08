public import Layers
public import Tensor

/// The sizes of a pre-training checkpoint: the backbone's, and the decoders'.
public struct PretrainingConfiguration: Hashable, Sendable {
  /// With `outputs` 0.
  public var backbone: Configuration
  /// Width of the decoders' tokens, a multiple of 64; blocks of each decoder, at least 1.
  public var decoderDim, decoderDepth: Int

  public init(backbone: Configuration, decoderDim: Int, decoderDepth: Int = 4) {
    (self.backbone, self.decoderDim, self.decoderDepth) = (backbone, decoderDim, decoderDepth)
  }

  /// The sizes that a checkpoint's names and shapes imply.
  /// - Throws: ``Layers/WeightError`` saying what does not add up.
  public init(inferredFrom store: any TensorStore) throws(WeightError) {
    backbone = try Configuration(inferredFrom: store)
    guard backbone.outputs == 0 else { throw .notThisModel("head.weight has no place in a pre-training checkpoint") }
    guard let projection = store.shape(of: "encoder_to_decoder.weight"), projection.count == 2 else {
      throw .notThisModel("there is no encoder_to_decoder.weight with two dimensions")
    }
    decoderDim = projection[0]
    guard decoderDim > 0 && decoderDim % Configuration.headWidth == 0 else {
      throw .notThisModel("its decoder's width is \(decoderDim), not a multiple of \(Configuration.headWidth)")
    }
    let names = store.names
    decoderDepth = try Configuration.depth(of: "decoder.blocks.", in: names)
    let audio = try Configuration.depth(of: "decoder_audio.blocks.", in: names)
    guard decoderDepth == audio else {
      throw .notThisModel("its decoders have \(decoderDepth) video blocks and \(audio) audio blocks")
    }
  }
}

/// The parameters that pre-training has beside the backbone's, for one sense.
///
/// Holds and checks them; the masked forward pass and its losses do not exist yet, so nothing is computed here.
public struct DecoderStack: Sendable {
  /// (1, 1, decoder dim): stands for every hidden patch.
  public let maskToken: Parameter
  /// From the encoder's width to the decoder's, no bias; skip features go through it too.
  public let projection: Linear
  /// Block 0 is plain; each later one looks at an earlier encoder layer.
  public let first: Block
  public let rest: [CrossBlock]
  public let norm: LayerNorm
  /// To the values of a patch.
  public let head: Linear

  /// - Parameter suffix: "" for video, "_audio" for audio: what the published names end in.
  public init(_ configuration: PretrainingConfiguration, suffix: String, patchValues: Int, _ weights: Weights) throws {
    let dim = configuration.decoderDim
    let heads = dim / Configuration.headWidth
    maskToken = try weights.parameter(
      "mask_token" + suffix, [1, 1, dim], fresh: .truncatedNormal(deviation: 0.02, bound: 0.02))
    projection = try Linear(
      weights["encoder_to_decoder" + suffix], from: configuration.backbone.dim, to: dim, bias: false)
    let decoder = weights["decoder" + suffix]
    first = try Block(decoder["blocks.0"], width: dim, heads: heads)
    rest = try (1..<configuration.decoderDepth).map { index in
      try CrossBlock(decoder["blocks.\(index)"], width: dim, heads: heads)
    }
    norm = try LayerNorm(decoder["norm"], width: dim, epsilon: Configuration.epsilon)
    head = try Linear(decoder["head"], from: dim, to: patchValues)
  }
}

/// A pre-training checkpoint: the backbone with its two decoders. For now it proves that all names and shapes fit;
/// see ``DecoderStack`` for what is not there.
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
    videoDecoder = try DecoderStack(
      configuration, suffix: "", patchValues: Configuration.videoGrid.patchValues, weights)
    audioDecoder = try DecoderStack(
      configuration, suffix: "_audio", patchValues: Configuration.audioGrid.patchValues, weights)
    try weights.finish()
  }
}
