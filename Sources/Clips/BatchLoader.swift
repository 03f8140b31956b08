public import Lists
public import Media
internal import Signal
internal import Threading

/// Too many clips of a training's lists cannot be used.
public struct TooManyBroken: Error, Hashable, Sendable, CustomStringConvertible {
  /// Their paths.
  public var lists: [String]
  public var clips: Int
  public var broken: [BrokenClip]

  public var list: String { lists.joined(separator: ", ") }

  public var description: String {
    let named = broken.prefix(3).map(\.description).joined(separator: "; ")
    return "\(list): more than a tenth of its \(clips) clips cannot be used (\(broken.count) so far): \(named)"
      + (lists.count == 1 ? "; mien data check \(list) names them all" : "; mien data check LIST names all of a list")
  }
}

/// Batches of one list or several, made ahead on background threads: decoded, augmented, in the order of the seed.
///
/// A batch's content follows from the list's files, the recipe, the seed, the epoch and its number alone: the same bits
/// for any number of threads, and after a resume (`from`). Clips that cannot be used are left out of their batch, named
/// in it, and counted; when they are more than a tenth of the list, `next()` throws.
public final class BatchLoader {
  /// How clips become batches.
  public struct Settings: Sendable {
    public var batch: Int
    public var seed: UInt64
    /// Whether the order changes every epoch; false: as listed.
    public var shuffles = true
    public var dropsRest = false
    /// The share of each list in every batch; nil: the lists are one pool, of which an epoch draws every clip once.
    public var mix: [Int]?
    /// Batches of one step; an epoch leaves out those that do not make one.
    public var group = 1
    /// Clips that an earlier process found broken, so that they are counted once.
    public var knownBroken: [BrokenClip] = []
    /// They share each batch's clips.
    public var threads = 1
    /// Batches that may be made while nobody takes one.
    public var ahead = 2
    /// Where the list's files are.
    public var source: any ClipSource = ClipFiles()
    /// How faces are found and framed in media files.
    public var options = Recording.Options()
    /// The share of a list's clips that may be broken.
    public var brokenShare = 0.1

    public init(batch: Int, seed: UInt64) { (self.batch, self.seed) = (batch, seed) }
  }

  public let order: EpochOrder
  private let pool: ClipPool
  private let settings: Settings
  private let work: PartedWork<BatchMaking>
  private var ledger: [Int: BrokenClip] = [:]

  /// Starts the threads.
  /// - Parameters:
  ///   - list: the clips.
  ///   - recipe: what a clip's inputs are and how they are changed.
  ///   - settings: how clips become batches.
  ///   - epochs: to go through.
  ///   - from: batches that a resumed run has had, counted from the first epoch's first.
  public convenience init(
    list: AnnotationList, recipe: Recipe, settings: Settings, epochs: Range<Int>, from: Int = 0
  ) {
    self.init(ClipPool([list]), recipe: recipe, settings: settings, epochs: epochs, from: from)
  }

  /// The same for the clips of several lists.
  /// - Precondition: The pool has a clip.
  public init(_ pool: ClipPool, recipe: Recipe, settings: Settings, epochs: Range<Int>, from: Int = 0) {
    let order = EpochOrder(
      lists: pool.counts, mix: settings.mix, batch: settings.batch, seed: settings.shuffles ? settings.seed : nil,
      dropsRest: settings.dropsRest, group: settings.group)
    (self.pool, self.settings, self.order) = (pool, settings, order)
    for clip in settings.knownBroken { ledger[clip.position] = clip }
    let total = epochs.count * order.batches
    precondition((0...total).contains(from), "\(from) of \(total) batches")
    let side = settings.options.framing.size
    let memory = BatchMemory()
    let permutation = Guarded<(epoch: Int, draws: [Int])?>(nil)
    work = PartedWork(
      "clips", items: from..<total, threads: settings.threads, ahead: settings.ahead,
      parts: { order.clips(inBatch: $0 % order.batches) },
      begin: { item in
        let (epoch, number) = (epochs.lowerBound + item / order.batches, item % order.batches)
        let draws = permutation.withLock { known in
          if let known, known.epoch == epoch { return known.draws }
          let draws = order.draws(epoch: epoch)
          known = (epoch, draws)
          return draws
        }
        return BatchMaking(
          Array(order.batch(number, of: draws)), epoch: epoch, number: number, recipe: recipe, side: side,
          memory: memory)
      },
      worker: {
        let maker = ClipMaker(
          pool, recipe: recipe, seed: settings.seed, source: settings.source, options: settings.options)
        return { batch, clip, _ in batch.make(clip, by: maker) }
      },
      finish: { $0.finish(recipe, clips: order.clips, seed: settings.seed, side: side) })
  }

  /// Clips found broken so far, by their place in the pool, each once.
  public var broken: [BrokenClip] { ledger.values.sorted { $0.position < $1.position } }

  /// Batches made ahead, taken, and waiting.
  public var counters: (made: Int, taken: Int, waiting: Int) { work.counters }

  /// The next batch; waits for it. nil at the end and after `cancel()`. A batch in which every clip is broken is empty.
  /// - Throws: `TooManyBroken`; then the loader is cancelled.
  public func next() throws -> Batch? {
    guard let batch = work.next()?.batch else { return nil }
    for clip in batch.broken { ledger[clip.position] = clip }
    if Double(ledger.count) > settings.brokenShare * Double(pool.clips.count) {
      work.cancel()
      throw TooManyBroken(lists: pool.lists.map(\.path), clips: pool.clips.count, broken: broken)
    }
    return batch
  }

  /// Stops the threads and waits for them.
  public func cancel() { work.cancel() }
}
