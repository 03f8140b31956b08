/// Where every random choice of training comes from: a counter, not a state that is handed on.
///
/// Each choice has a stream of its own, keyed by the run's seed, the epoch, the clip's position in the list (or the
/// batch's number) and what it is for. So it does not matter in which order or on which thread clips are made, nor
/// whether a run was interrupted: the state to save is the seed and the position. Switching one augmentation on or off
/// changes no choice of another.
public struct RandomKey: Hashable, Sendable {
  /// What a stream decides. Raw values are part of a run's reproducibility: they are never reused.
  public enum Purpose: UInt64, Sendable, CaseIterable {
    case order = 1
    case frames = 2
    case crop = 3
    case flip = 4
    case randAugment = 5
    case erasing = 6
    case loudness = 7
    case soundStretch = 8
    case spectrogramMasks = 9
    case videoMask = 10
    case audioMask = 11
    case mixing = 12
    /// For the trainer's own choices.
    case dropPath = 13
    case equalizer = 14
    case soundShift = 15
    case dropout = 16
    case modalityDropout = 17
    case frameDropout = 18
    case camera = 19
    case frameChoice = 20
  }

  public var seed: UInt64
  public var epoch: Int
  /// A clip's place in the list from 0; a batch's number where batches decide; 0 where the epoch does.
  public var position: Int

  public init(seed: UInt64, epoch: Int, position: Int) {
    (self.seed, self.epoch, self.position) = (seed, epoch, position)
  }

  /// The same numbers for the same key, always.
  public func stream(_ purpose: Purpose) -> RandomStream {
    var hash: UInt64 = 0
    for word in [seed, purpose.rawValue, UInt64(bitPattern: Int64(epoch)), UInt64(bitPattern: Int64(position))] {
      // Each word goes through a round of its own, so that (1, 2), (2, 1) and (3, 0) are different streams.
      var mixer = SplitMix64(seed: hash ^ word)
      hash = mixer.next()
    }
    return RandomStream(seed: hash)
  }
}
