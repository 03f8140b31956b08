internal import Tensor

/// The order of a list's clips in an epoch, and how they are divided into batches.
public struct EpochOrder: Hashable, Sendable {
  /// Clips in the list, and in a batch.
  public let clips, batch: Int
  /// nil: as listed, for validation.
  public let seed: UInt64?
  /// Whether the last clips of an epoch are left out where they do not fill a batch.
  public let dropsRest: Bool
  /// Batches that belong together, as for one step: an epoch has as many as fit whole.
  public let group: Int

  public init(clips: Int, batch: Int, seed: UInt64?, dropsRest: Bool = false, group: Int = 1) {
    precondition(clips > 0 && batch > 0 && group > 0, "\(clips) clips in \(group) batches of \(batch)")
    self.group = group
    // A list shorter than a batch would give none at all.
    (self.clips, self.batch, self.seed, self.dropsRest) = (clips, batch, seed, dropsRest && clips >= batch)
  }

  public var batches: Int { (dropsRest ? clips / batch : (clips + batch - 1) / batch) / group * group }

  /// Clips of the batch with this number, from 0.
  public func clips(inBatch number: Int) -> Int { min(batch, clips - number * batch) }

  /// Positions in the list, one batch after the other; another permutation every epoch.
  public func positions(epoch: Int) -> [Int] {
    guard let seed else { return Array(0..<clips) }
    var random = RandomKey(seed: seed, epoch: epoch, position: 0).stream(.order)
    return random.permutation(clips)
  }

  /// The batch with this number, from 0, of the epoch's positions.
  public func batch(_ number: Int, of positions: [Int]) -> ArraySlice<Int> {
    precondition((0..<batches).contains(number), "batch \(number) of \(batches)")
    return positions[number * batch..<min((number + 1) * batch, clips)]
  }
}
