public import Lists
public import Media
internal import Signal
internal import Tensor

/// Too many clips of a list cannot be used.
public struct TooManyBroken: Error, Hashable, Sendable, CustomStringConvertible {
  public var list: String
  public var clips: Int
  public var broken: [BrokenClip]

  public var description: String {
    let named = broken.prefix(3).map(\.description).joined(separator: "; ")
    return "\(list): more than a tenth of its \(clips) clips cannot be used (\(broken.count) so far): \(named)"
      + "; mien data check \(list) names them all"
  }
}

/// Batches of one list, made ahead on background threads: decoded, augmented, in the order of the seed.
///
/// A batch's content follows from the list's files, the recipe, the seed, the epoch and its number alone: the same bits
/// for any number of threads, and after a resume (`from`). Clips that cannot be used are left out of their batch, named
/// in it, and counted; when they are more than a tenth of the list, `next()` throws.
public final class BatchLoader {
  public struct Settings: Sendable {
    public var batch: Int
    public var seed: UInt64
    /// Whether the order changes every epoch; false: as listed.
    public var shuffles = true
    public var dropsRest = false
    /// Batches of one step; an epoch leaves out those that do not make one.
    public var group = 1
    /// Clips that an earlier process found broken, so that they are counted once.
    public var knownBroken: [BrokenClip] = []
    public var threads = 1
    /// Finished batches that may wait; at least one a thread is kept.
    public var ahead = 2
    /// How faces are found and framed in media files.
    public var options = Recording.Options()
    /// The share of a list's clips that may be broken.
    public var brokenShare = 0.1

    public init(batch: Int, seed: UInt64) { (self.batch, self.seed) = (batch, seed) }
  }

  public let order: EpochOrder
  private let list: AnnotationList
  private let settings: Settings
  private let work: OrderedWork<Batch>
  private var ledger: [Int: BrokenClip] = [:]

  /// Starts the threads.
  /// - Parameters:
  ///   - epochs: to go through.
  ///   - from: batches that a resumed run has had, counted from the first epoch's first.
  public init(list: AnnotationList, recipe: Recipe, settings: Settings, epochs: Range<Int>, from: Int = 0) {
    let order = EpochOrder(
      clips: list.entries.count, batch: settings.batch, seed: settings.shuffles ? settings.seed : nil,
      dropsRest: settings.dropsRest, group: settings.group)
    (self.list, self.settings, self.order) = (list, settings, order)
    for clip in settings.knownBroken { ledger[clip.position] = clip }
    let total = epochs.count * order.batches
    precondition((0...total).contains(from), "\(from) of \(total) batches")
    work = OrderedWork("clips", items: from..<total, threads: settings.threads, ahead: settings.ahead) {
      let maker = ClipMaker(list: list, recipe: recipe, seed: settings.seed, options: settings.options)
      var positions: (epoch: Int, order: [Int])?
      return { item, isCancelled in
        let epoch = epochs.lowerBound + item / order.batches
        if positions?.epoch != epoch { positions = (epoch, order.positions(epoch: epoch)) }
        let number = item % order.batches
        return maker.batch(order.batch(number, of: positions!.order), epoch, number, isCancelled)  // just set
      }
    }
  }

  /// Clips found broken so far, by their place in the list, each once.
  public var broken: [BrokenClip] { ledger.values.sorted { $0.position < $1.position } }

  /// Batches made ahead, taken, and waiting.
  public var counters: (made: Int, taken: Int, waiting: Int) { work.counters }

  /// The next batch; waits for it. nil at the end and after `cancel()`. A batch in which every clip is broken is empty.
  /// - Throws: `TooManyBroken`; then the loader is cancelled.
  public func next() throws -> Batch? {
    guard let batch = work.next() else { return nil }
    for clip in batch.broken { ledger[clip.position] = clip }
    if Double(ledger.count) > settings.brokenShare * Double(list.entries.count) {
      work.cancel()
      throw TooManyBroken(list: list.path, clips: list.entries.count, broken: broken)
    }
    return batch
  }

  /// Stops the threads and waits for them.
  public func cancel() { work.cancel() }
}

extension ClipMaker {
  /// Clips side by side, mixed where the recipe says so.
  func batch(_ positions: ArraySlice<Int>, _ epoch: Int, _ number: Int, _ isCancelled: () -> Bool) -> Batch {
    var batch = Batch(epoch: epoch, number: number)
    for position in positions {
      if isCancelled() { break }
      do {
        let input = try input(position: position, epoch: epoch)
        if batch.positions.isEmpty {
          batch.video.reserveCapacity(input.video.count * positions.count)
          batch.audio.reserveCapacity(input.audio.count * positions.count)
        }
        batch.positions.append(position)
        batch.video += input.video
        batch.audio += input.audio
        batch.targets += input.target
        batch.videoMask += input.videoMask
        batch.audioMask += input.audioMask
      } catch {
        let line = "\(list.path):\(list.entries[position].line): "
        let reason = error is AnnotationError ? "\(error)" : line + "\(error)"
        batch.broken.append(BrokenClip(position: position, description: reason))
      }
    }
    if let mixing = recipe.mixing {
      // A batch has a stream of its own; its number cannot meet a clip's key, because the purpose is another.
      var random = key(epoch, batch: number).stream(.mixing)
      Mixing.mix(&batch, by: mixing.choice(side: side, rows: WindowSchedule.rows, random: &random), side: side)
    }
    return batch
  }
}
