internal import Threading

/// Work that is done ahead on threads of its own, whose results come out in order.
///
/// What a result is does not depend on the number of threads.
public final class OrderedWork<Value: Sendable>: Sendable {
  /// An item, which has one part: its result.
  private final class Item: Sendable {
    let number: Int
    let value = Guarded<Value?>(nil)

    init(_ number: Int) { self.number = number }
  }

  private let work: PartedWork<Item>

  /// - Parameters:
  ///   - name: of the threads.
  ///   - items: the work, in the order of its results.
  ///   - threads: how many work.
  ///   - ahead: finished results that may wait, of all threads together; at least one a thread.
  ///   - worker: called once on each thread; gives what makes an item's result. The second argument says whether to give
  ///     up half way: then the result does not matter.
  public init(
    _ name: String, items: Range<Int>, threads: Int, ahead: Int,
    worker: @escaping @Sendable () -> (_ item: Int, _ isCancelled: () -> Bool) -> Value
  ) {
    precondition(threads > 0 && ahead > 0, "\(threads) threads, \(ahead) ahead")
    let count = max(1, min(threads, items.count))
    work = PartedWork(
      name, items: items, threads: count,
      // Each thread is at work on an item besides those that wait.
      ahead: max(ahead, count) + count - 1, parts: { _ in 1 }, begin: { Item($0) },
      worker: {
        let make = worker()
        return { item, _, isCancelled in
          let value = make(item.number, isCancelled)
          item.value.withLock { $0 = value }
        }
      },
      finish: { _ in })
  }

  /// Results made, taken, and waiting.
  public var counters: (made: Int, taken: Int, waiting: Int) { work.counters }

  /// The next item's result; waits for it. nil after the last one, and after `cancel()`. For one reader.
  public func next() -> Value? { work.next()?.value.withLock { $0 } }

  /// Stops all threads and waits for them; what was made is lost.
  public func cancel() { work.cancel() }
}
