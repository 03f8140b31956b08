internal import Carriers
internal import Synchronization

/// Work that is done ahead on threads of its own, whose results come out in order.
///
/// Item i is thread i mod n's, and each thread has a bounded queue: nobody waits for a lock but at a full or an empty
/// queue, and the order needs no sorting. What a result is does not depend on the number of threads.
public final class OrderedWork<Value: Sendable>: @unchecked Sendable {
  // @unchecked because `next` is one reader's, as it says; the rest is queues, an atomic, and constants.

  private let queues: [BoundedQueue<Value>]
  private var strands: [Strand] = []
  private let stop = Stop()
  private let items: Range<Int>
  private var upcoming: Int

  /// Seen by threads that must not keep the work itself alive.
  private final class Stop: Sendable {
    let isSet = Atomic<Bool>(false)
  }

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
    let queues = (0..<count).map { _ in
      BoundedQueue<Value>(capacity: max(1, ahead / count), policy: .wait)
    }
    (self.queues, self.items, upcoming) = (queues, items, items.lowerBound)
    let stop = stop
    strands = (0..<count).map { index in
      Strand("\(name) \(index)") {
        let work = worker()
        for item in stride(from: items.lowerBound + index, to: items.upperBound, by: count) {
          if stop.isSet.load(ordering: .relaxed) { break }
          let value = work(item) { stop.isSet.load(ordering: .relaxed) }
          if stop.isSet.load(ordering: .relaxed) || !queues[index].push(value).isEmpty { break }
        }
        queues[index].close()
      }
    }
  }

  deinit { cancel() }

  /// Results made, taken, and waiting.
  public var counters: (made: Int, taken: Int, waiting: Int) {
    let all = queues.map(\.counters)
    let (made, taken) = (all.reduce(0) { $0 + $1.pushed }, all.reduce(0) { $0 + $1.popped })
    return (made, taken, made - taken)
  }

  /// The next item's result; waits for it. nil after the last one, and after `cancel()`. For one reader.
  public func next() -> Value? {
    guard upcoming < items.upperBound else { return nil }
    let queue = queues[(upcoming - items.lowerBound) % queues.count]
    upcoming += 1
    if case .element(let value) = queue.pop() { return value }
    upcoming = items.upperBound
    return nil
  }

  /// Stops all threads and waits for them; what waits in the queues is lost.
  public func cancel() {
    stop.isSet.store(true, ordering: .relaxed)
    upcoming = items.upperBound
    for queue in queues { queue.close() }
    for strand in strands { strand.join() }
  }
}
