public import Networks
public import Tensor

/// Clips side by side, as a training step takes them.
///
/// Values lie in the memory that a step reads, so a copy of a batch shares them; it is reused when the last one is gone.
public struct Batch: Sendable {
  public var epoch: Int
  /// From 0 within the epoch.
  public var number: Int
  /// Each clip's place in the list, or in the pool of several, in the batch's order. Broken ones are not among them.
  public var positions: [Int]
  /// What each clip's random choices follow from: its place, and how often the epoch drew it before; see
  /// ``EpochOrder/draws(epoch:)``.
  public var draws: [Int]
  /// (clips, 3 · 16 · 160 · 160), normalised; nil where pictures are not asked for, and without clips.
  public var video: Matrix?
  /// (clips, 256 · 128), normalised; nil where sound is not asked for, and without clips.
  public var audio: Matrix?
  /// What each clip has; rows of a modality that a clip lacks hold whatever was there.
  public var present: [Modalities]
  /// How many frames each clip has: the first ones of its 16, which stand for the rest. What stands behind them is whatever was
  /// there. nil: all clips have all frames.
  public var videoFrames: [Int]?
  /// Steps of each clip's features that count; nil: the batch has no features.
  public var videoSteps, audioSteps: [Int]?
  /// (clips, outputs): shares of classes, then values of attributes, mixed where the batch is; not a number where a clip
  /// has no such label. Empty without labels.
  public var targets: [Float]
  /// What each clip keeps of its own target; 1: the batch is not mixed.
  public var kept: Float = 1
  /// Clips of this batch that could not be used.
  public var broken: [BrokenClip]

  public init(
    epoch: Int, number: Int, positions: [Int] = [], video: Matrix? = nil, audio: Matrix? = nil, targets: [Float] = [],
    broken: [BrokenClip] = []
  ) {
    (self.epoch, self.number, self.positions, self.broken) = (epoch, number, positions, broken)
    draws = positions
    (self.video, self.audio, self.targets) = (video, audio, targets)
    present = Array(repeating: Modalities(video: video != nil, audio: audio != nil), count: positions.count)
  }

  /// Clips in it; 0 where all were broken.
  public var count: Int { positions.count }
}

/// A clip of the list that cannot be used, and why.
public struct BrokenClip: Hashable, Sendable, CustomStringConvertible {
  /// In the list's entries, or in the pool of several lists, from 0.
  public var position: Int
  /// `LIST:LINE: reason`.
  public var description: String

  public init(position: Int, description: String) { (self.position, self.description) = (position, description) }
}
