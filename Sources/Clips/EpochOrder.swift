internal import Tensor

/// The order of clips in an epoch, and how they are divided into batches.
///
/// All clips are one pool, in which an epoch draws each once. With a mix, every batch has a share of each list instead: a
/// small list is gone through again and again, of a large one an epoch draws a part, and the next epoch goes on with it.
public struct EpochOrder: Hashable, Sendable {
  /// Clips in all lists, and in a batch.
  public let clips, batch: Int
  /// Clips of each list.
  public let lists: [Int]
  /// The share of each list in every batch, such as 3 and 1; nil: the lists are one pool.
  public let mix: [Int]?
  /// nil: as listed, for validation.
  public let seed: UInt64?
  /// Whether the last clips of an epoch are left out where they do not fill a batch.
  public let dropsRest: Bool
  /// Batches that belong together, as for one step: an epoch has as many as fit whole.
  public let group: Int

  public init(clips: Int, batch: Int, seed: UInt64?, dropsRest: Bool = false, group: Int = 1) {
    self.init(lists: [clips], mix: nil, batch: batch, seed: seed, dropsRest: dropsRest, group: group)
  }

  /// - Precondition: A mix has a positive share for each list, every list has a clip, and there is a seed.
  public init(lists: [Int], mix: [Int]?, batch: Int, seed: UInt64?, dropsRest: Bool = false, group: Int = 1) {
    let clips = lists.reduce(0, +)
    precondition(clips > 0 && batch > 0 && group > 0, "\(clips) clips in \(group) batches of \(batch)")
    if let mix {
      precondition(mix.count == lists.count && mix.allSatisfy { $0 > 0 }, "shares \(mix) of \(lists.count) lists")
      precondition(seed != nil && lists.allSatisfy { $0 > 0 }, "a mix of lists without clips, or without a seed")
    }
    (self.lists, self.mix, self.group) = (lists, mix, group)
    // A list shorter than a batch would give none at all.
    (self.clips, self.batch, self.seed, self.dropsRest) = (clips, batch, seed, dropsRest && clips >= batch)
  }

  public var batches: Int { (dropsRest ? clips / batch : (clips + batch - 1) / batch) / group * group }

  /// Clips of the batch with this number, from 0.
  public func clips(inBatch number: Int) -> Int { min(batch, clips - number * batch) }

  /// Positions in the lists, one batch after the other; another permutation every epoch.
  public func positions(epoch: Int) -> [Int] { draws(epoch: epoch).map { $0 % clips } }

  /// The same, but a clip that an epoch draws for the nth time, from 0, has n · ``clips`` added: it is another draw, so
  /// what is random in it is, too.
  public func draws(epoch: Int) -> [Int] {
    guard let seed else { return Array(0..<clips) }
    guard let mix else {
      var random = RandomKey(seed: seed, epoch: epoch, position: 0).stream(.order)
      return random.permutation(clips)
    }
    let sources = Self.sources(mix, draws: min(batches * batch, clips))
    var streams = lists.indices.map { list in
      ListStream(
        clips: lists[list], list: list, seed: seed, drawn: epoch * sources.count { $0 == list })
    }
    let first = lists.indices.map { lists[..<$0].reduce(0, +) }
    var met: [Int: Int] = [:]
    return sources.map { list in
      let position = first[list] + streams[list].next()
      let times = met[position, default: 0]
      met[position] = times + 1
      return position + times * clips
    }
  }

  /// How often an epoch draws a clip of each list, on average.
  public var drawsOfAClip: [Double] {
    guard let mix else { return lists.map { _ in 1 } }
    let sources = Self.sources(mix, draws: min(batches * batch, clips))
    return lists.indices.map { list in Double(sources.count { $0 == list }) / Double(lists[list]) }
  }

  /// The batch with this number, from 0, of the epoch's positions or draws.
  public func batch(_ number: Int, of positions: [Int]) -> ArraySlice<Int> {
    precondition((0..<batches).contains(number), "batch \(number) of \(batches)")
    return positions[number * batch..<min((number + 1) * batch, clips)]
  }

  /// Which list each draw is of: always the one that is furthest behind its share, so that any stretch of draws has the
  /// shares as nearly as whole clips can.
  private static func sources(_ mix: [Int], draws: Int) -> [Int] {
    let all = mix.reduce(0, +)
    var taken = mix.map { _ in 0 }
    return (0..<draws).map { draw in
      let behind = mix.indices.map { mix[$0] * (draw + 1) - taken[$0] * all }
      var list = 0
      for other in mix.indices where behind[other] > behind[list] { list = other }
      taken[list] += 1
      return list
    }
  }
}

/// The clips of one list for a whole run: one permutation after the other.
private struct ListStream {
  let clips, list: Int
  let seed: UInt64
  /// Over the whole run.
  var drawn: Int
  private var known: (round: Int, order: [Int])?

  init(clips: Int, list: Int, seed: UInt64, drawn: Int) {
    (self.clips, self.list, self.seed, self.drawn) = (clips, list, seed, drawn)
  }

  /// From 0 within the list.
  mutating func next() -> Int {
    let (round, place) = (drawn / clips, drawn % clips)
    drawn += 1
    if known?.round != round {
      var random = RandomKey(seed: seed, epoch: round, position: list).stream(.order)
      known = (round, random.permutation(clips))
    }
    return known?.order[place] ?? 0
  }
}
