internal import Layers
public import Networks
internal import Tensor

/// What computes the features of one modality.
public enum ModalityEncoder: Hashable, Sendable {
  /// Nothing: features that another network computed before, (steps, width).
  case features(width: Int, steps: Int)
  /// A convolutional network for every frame of a face, or for every block of rows of a spectrogram, trained with the
  /// rest. `channels` are those of its stages, each half as high and wide as the one before.
  case light(channels: [Int])
  /// An encoder of another architecture; frozen: it is not trained with the rest.
  case pretrained(AnyEncoderSizes, isFrozen: Bool)

  /// The same, with features of another width where it reads features.
  package func reading(features other: Int?) -> ModalityEncoder {
    guard let other, case .features(_, let steps) = self else { return self }
    return .features(width: other, steps: steps)
  }

  /// Whether both take the same weights, as far as the encoders alone can say.
  func isLike(_ other: ModalityEncoder?) -> Bool {
    switch (self, other) {
    case (.features(let width, _), .features(let others, _)): width == others
    case (.light(let channels), .light(let others)): channels == others
    // What reads other layers has another width, which the projection's shape tells.
    case (.pretrained(let sizes, _), .pretrained(let others, _)):
      sizes.base.family.encoderKind == others.base.family.encoderKind
    default: false
    }
  }
}

/// The sizes of a VAVL (arXiv 2305.07216).
public struct VAVLSizes: Hashable, Sendable {
  /// Width of tokens; attention heads; conformer blocks of each modality and shared ones; steps that a convolution sees.
  public var width: Int
  public var attentionHeads: Int
  public var blocks = 3
  public var sharedBlocks = 2
  public var taps = 31
  /// nil: the model does not have the modality.
  public var video: ModalityEncoder?
  public var audio: ModalityEncoder?
  /// Width that features are brought to before they are widened again; nil: at once to ``width``.
  public var bottleneck: Int?
  /// Classes and attributes; 0: the model does not answer this.
  public var classes = 0
  public var attributes = 0
  /// Whether the attributes are what a face does at one moment (actions, such as an open jaw): one head, of the picture
  /// alone, reads them from the newest step, before it sees another.
  public var readsActions = false
  /// Ablations: whether both modalities share blocks, or each has such of its own; whether the shared blocks have a
  /// residual around them; whether training reconstructs.
  public var shares = true
  public var residual = true
  public var reconstructs = true

  public init(width: Int = 512, attentionHeads: Int = 8, video: ModalityEncoder?, audio: ModalityEncoder?) {
    (self.width, self.attentionHeads, self.video, self.audio) = (width, attentionHeads, video, audio)
  }

  var conformer: ConformerSizes { ConformerSizes(width: width, heads: attentionHeads, taps: taps) }

  public var modalities: Modalities { Modalities(video: video != nil, audio: audio != nil) }

  package subscript(modality: Modality) -> ModalityEncoder? { modality == .video ? video : audio }

  /// Steps of the published features: at most 12 s at 30 frames a second, and at 50 Hz.
  static let publishedSteps = (video: 360, audio: 600)

  // What a window is, for light encoders.

  package static let (frames, side, patch) = (16, 160, 4)
  /// Rows of a spectrogram that are encoded together, and bins.
  package static let (rows, blockRows, bins) = (256, 8, 128)
  /// Parts of a face, across and down, whose means reconstruction predicts.
  package static let parts = 10
  /// Pictures in patches of 4×4, one frame after the other.
  static let pictureGrid = PatchGrid(
    channels: 3, size: (frames, side, side), patch: (1, patch, patch))
  /// A spectrogram in blocks of rows, each in patches of 4×4.
  static let spectrogramGrid = PatchGrid(
    channels: 1, size: (rows / blockRows, blockRows, bins), patch: (1, patch, patch))
}

extension VAVLSizes {
  /// Values of a step's features.
  func featureWidth(_ modality: Modality) -> Int {
    switch self[modality] {
    case .features(let width, _): width
    case .light(let channels): LightShape(modality, channels: channels).width
    case .pretrained(let sizes, _): sizes.base.width
    case nil: 0
    }
  }

  /// Values of what reconstruction predicts: features' means, or, of a light encoder, means of the input.
  package func targetWidth(_ modality: Modality) -> Int {
    switch self[modality] {
    case .features(let width, _): width
    case .light: modality == .video ? 3 * Self.parts * Self.parts : Self.bins
    case .pretrained(let sizes, _): sizes.base.width
    case nil: 0
    }
  }

  /// Steps of a window.
  package func steps(_ modality: Modality) -> Int {
    switch self[modality] {
    case .features(_, let steps): steps
    case .light: modality == .video ? Self.frames : Self.rows / Self.blockRows
    case .pretrained(let sizes, _): sizes.base.steps
    case nil: 0
    }
  }
}

/// How a light encoder goes from patches to a step's features.
struct LightShape {
  /// Places of a step in the first stage.
  private let first: (height: Int, width: Int)
  let channels: [Int]

  init(_ modality: Modality, channels: [Int]) {
    let grid = modality == .video ? VAVLSizes.pictureGrid : VAVLSizes.spectrogramGrid
    first = (grid.height / grid.patchHeight, grid.width / grid.patchWidth)
    self.channels = channels
  }

  /// The convolution that leads into a stage, from 1.
  func narrowing(_ stage: Int) -> ConvolutionGrid {
    let (height, width) = places(stage - 1)
    return ConvolutionGrid(channels: channels[stage - 1], height: height, width: width, kernel: 3, stride: 2)
  }

  /// A convolution within a stage.
  func within(_ stage: Int) -> ConvolutionGrid {
    let (height, width) = places(stage)
    return ConvolutionGrid(channels: channels[stage], height: height, width: width, kernel: 3, stride: 1)
  }

  func places(_ stage: Int) -> (height: Int, width: Int) {
    (0..<stage).reduce(first) { size, _ in ((size.height + 1) / 2, (size.width + 1) / 2) }
  }

  /// Values of a step: every place of the last stage.
  var width: Int {
    let (height, width) = places(channels.count - 1)
    return height * width * (channels.last ?? 0)
  }
}
