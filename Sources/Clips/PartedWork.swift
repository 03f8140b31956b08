internal import Threading

/// Items that several threads make together, part by part, ahead of whoever takes them; they come out in order.
///
/// What an item is does not depend on the number of threads. An item is in memory from its first part until it is taken;
/// there are at most `ahead` + 1 of them, however many threads there are.
final class PartedWork<Item: AnyObject & Sendable>: @unchecked Sendable {
  // @unchecked because `workers` is written once and then the owner's; the rest is constant.

  private let state: PartedState<Item>
  private var workers: [NamedThread] = []

  /// - Parameters:
  ///   - name: of the threads.
  ///   - ahead: items that may be made while nobody takes one.
  ///   - parts: of an item, at least 1.
  ///   - begin: makes an item that has no parts yet; called in order, with a lock held.
  ///   - worker: called once on each thread; gives what makes one part of an item. Its last argument says whether to give
  ///     up half way: then the item does not matter.
  ///   - finish: completes an item that has all its parts.
  init(
    _ name: String, items: Range<Int>, threads: Int, ahead: Int, parts: @escaping @Sendable (_ item: Int) -> Int,
    begin: @escaping @Sendable (_ item: Int) -> Item,
    worker: @escaping @Sendable () -> (_ item: Item, _ part: Int, _ isCancelled: () -> Bool) -> Void,
    finish: @escaping @Sendable (_ item: Item) -> Void
  ) {
    precondition(threads > 0 && ahead > 0, "\(threads) threads, \(ahead) ahead")
    let state = PartedState<Item>(PartSchedule(items, limit: ahead + 1, parts: parts))
    self.state = state
    workers = (0..<threads).map { index in
      NamedThread("\(name) \(index)") {
        let make = worker()
        while let (number, item, part) = state.nextPart(begin) {
          make(item, part) { state.isStopped }
          guard state.finish(partOf: number) else { continue }
          finish(item)
          state.finish(number)
        }
      }
    }
  }

  deinit { cancel() }

  /// Items made, taken, and waiting.
  var counters: (made: Int, taken: Int, waiting: Int) { state.counters }

  /// The next item; waits for it. nil after the last one, and after `cancel()`. For one reader.
  func next() -> Item? { state.take() }

  /// Stops all threads and waits for them; what was made is lost.
  func cancel() {
    state.stop()
    for thread in workers { thread.join() }
  }
}

/// What the threads of ``PartedWork`` share; they must not keep the work itself alive.
private final class PartedState<Item: AnyObject & Sendable>: @unchecked Sendable {
  // @unchecked because everything below changes only while `condition` is locked.

  private let condition = Condition()
  private var schedule: PartSchedule
  /// Begun and not yet taken.
  private var items: [Int: Item] = [:]
  private var stopped = false

  init(_ schedule: PartSchedule) { self.schedule = schedule }

  var counters: (made: Int, taken: Int, waiting: Int) {
    condition.locked { (schedule.made, schedule.taken, schedule.made - schedule.taken) }
  }

  var isStopped: Bool { condition.locked { stopped } }

  func stop() {
    condition.locked {
      stopped = true
      items = [:]
      condition.wakeAll()
    }
  }

  /// Waits for the next item.
  func take() -> Item? {
    condition.locked {
      while !stopped && !schedule.isTaken {
        if let number = schedule.take() {
          condition.wakeAll()
          return items.removeValue(forKey: number)
        }
        condition.wait(until: nil)
      }
      return nil
    }
  }

  /// Waits for a part to make; nil: there is nothing left to do.
  func nextPart(_ begin: (Int) -> Item) -> (number: Int, item: Item, part: Int)? {
    condition.locked {
      while !stopped && !schedule.isHandedOut {
        if let (number, part, isFirst) = schedule.next() {
          if isFirst { items[number] = begin(number) }
          return items[number].map { (number, $0, part) }
        }
        condition.wait(until: nil)
      }
      return nil
    }
  }

  /// - Returns: whether the part was its item's last, and somebody wants the item.
  func finish(partOf number: Int) -> Bool { condition.locked { schedule.finish(partOf: number) && !stopped } }

  func finish(_ number: Int) {
    condition.locked {
      schedule.finish(number)
      condition.wakeAll()
    }
  }
}
