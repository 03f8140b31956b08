/// The sizes of a HiCMAE; everything else in the paper is fixed (see the constants).
public struct Configuration: Hashable, Sendable {
  /// Width of tokens, a multiple of 64.
  public var dim: Int
  /// Encoder layers of each modality, 0 where the model does not have it; pairs of fusion blocks, 0 with one modality
  /// alone.
  public var videoDepth, audioDepth, fusionDepth: Int
  /// Rows of the head: classes or attributes; 0 for a pre-training checkpoint.
  public var outputs: Int
  /// Whether the head reads every encoder layer, by learnt shares, or the last one alone (the paper's ablation).
  public var layerFusion = true
  /// Whether learned values stand for a modality that a window does not have, so that the other one is enough for an
  /// answer; for models of both modalities.
  public var absentTokens = false

  /// Attention heads are 64 wide in every published size.
  public static let headWidth = 64
  public static let mlpRatio = 4
  /// Picture: 16 frames of 160×160 RGB in tubelets of 2×16×16, so 8·10·10 tokens of 1536 values.
  public static let (frames, side, tubelet, patch) = (16, 160, 2, 16)
  public static let videoTokens = 800
  /// Sound: a spectrogram of 256 rows × 128 mel bins in patches of 16×16, so 16·8 tokens of 256 values.
  public static let (rows, bins) = (256, 128)
  public static let audioTokens = 128
  public static let epsilon: Float = 1e-6

  public var attentionHeads: Int { dim / Self.headWidth }

  public init(dim: Int, videoDepth: Int = 10, audioDepth: Int = 10, fusionDepth: Int = 2, outputs: Int) {
    (self.dim, self.videoDepth, self.audioDepth) = (dim, videoDepth, audioDepth)
    (self.fusionDepth, self.outputs) = (fusionDepth, outputs)
  }

  /// The smallest published size.
  public static func tiny(outputs: Int) -> Configuration { Configuration(dim: 256, outputs: outputs) }
  /// The middle published size.
  public static func small(outputs: Int) -> Configuration { Configuration(dim: 384, outputs: outputs) }
  /// The largest published size.
  public static func base(outputs: Int) -> Configuration { Configuration(dim: 512, outputs: outputs) }

  /// Our own: the size of the model that comes with the project, for any processor.
  public static func nano(outputs: Int) -> Configuration {
    Configuration(dim: 128, videoDepth: 3, audioDepth: 3, fusionDepth: 1, outputs: outputs)
  }
}
