public import Tensor

/// A network that shows what a clip is to it, before any answer.
public protocol FeatureExtractor: Sendable {
  /// Width of features.
  var width: Int { get }

  /// The features of one clip.
  /// - Parameters:
  ///   - video: (1, values of the input's shape). A modality that the network does not have is not looked at and may be
  ///     nil.
  ///   - audio: likewise.
  ///   - operations: does the work.
  func features(video: Matrix?, audio: Matrix?, _ operations: Operations) -> ClipFeatures
}

/// What a clip is to a network: means over tokens.
public struct ClipFeatures: Hashable, Sendable {
  /// The means of one encoder layer, normalised.
  public struct Level: Hashable, Sendable {
    /// From 1; of the video encoder where depths differ.
    public var layer: Int
    public var video, audio: [Float]

    public init(layer: Int, video: [Float], audio: [Float]) {
      (self.layer, self.video, self.audio) = (layer, video, audio)
    }
  }

  /// Summaries of the modalities, before they meet. nil for a modality that the network does not have.
  public var video, audio: [Float]?
  /// Means of both modalities after they met; nil for one modality alone.
  public var fusedVideo, fusedAudio: [Float]?
  /// What the head reads; nil where there is no head.
  public var head: [Float]?
  /// Where the modalities can be compared. None for one modality alone.
  public var levels: [Level]

  public init(video: [Float]? = nil, audio: [Float]? = nil, levels: [Level] = []) {
    (self.video, self.audio, self.levels) = (video, audio, levels)
  }

  /// Whether all values are numbers.
  public var isFinite: Bool {
    let parts =
      [video, audio, fusedVideo, fusedAudio, head].compactMap { $0 } + levels.flatMap { [$0.video, $0.audio] }
    return parts.allSatisfy { $0.allSatisfy(\.isFinite) }
  }
}
