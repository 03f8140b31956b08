public import Lists
internal import Tensor

/// Takes one modality of some pairs of a list away, to see what a training loses without them.
public struct Unpairing: Hashable, Sendable {
  /// Of the clips with both modalities.
  public var share: Double
  /// The same seed chooses the same clips.
  public var seed: UInt64

  public init(share: Double, seed: UInt64) {
    precondition((0...1).contains(share), "a share of \(share)")
    (self.share, self.seed) = (share, seed)
  }

  /// The clips of a list in their order. Of those that are chosen the first keeps its video, the second its audio, and so on
  /// in turn.
  public func entries(of list: AnnotationList) -> [AnnotationList.Entry] {
    var entries = list.entries
    let pairs = entries.indices.filter { entries[$0].video != nil && entries[$0].audio != nil }
    var mixer = SplitMix64(seed: seed, name: "unpaired")
    var random = RandomStream(seed: mixer.next())
    let count = Int((share * Double(pairs.count)).rounded())
    let chosen = random.permutation(pairs.count).prefix(count).sorted()
    for (turn, place) in chosen.enumerated() {
      if turn % 2 == 0 { entries[pairs[place]].audio = nil } else { entries[pairs[place]].video = nil }
    }
    return entries
  }
}
