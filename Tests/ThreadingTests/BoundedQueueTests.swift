import Synchronization
import Testing
import Threading

@Suite struct BoundedQueueTests {
  @Test func dropsTheOldestAndCounts() {
    let queue = BoundedQueue<Int>(capacity: 3, policy: .dropOldest)
    for i in 0..<3 { #expect(queue.push(i).isEmpty) }
    #expect(queue.push(3) == [0])
    #expect(taken(queue) == [1, 2, 3])
    #expect(queue.counters == .init(pushed: 4, popped: 3, dropped: 1))
  }

  @Test func refusesTheNewest() {
    let queue = BoundedQueue<Int>(capacity: 2, policy: .refuseNewest)
    for i in 0..<4 { #expect(queue.push(i) == (i < 2 ? [] : [i])) }
    #expect(taken(queue) == [0, 1])
    #expect(queue.counters.dropped == 2)
  }

  @Test func capacityIsASumOfCosts() {
    let queue = BoundedQueue<[UInt8]>(capacity: 10, policy: .dropOldest) { $0.count }
    queue.push([UInt8](repeating: 1, count: 6))
    queue.push([UInt8](repeating: 2, count: 4))
    #expect(queue.push([UInt8](repeating: 3, count: 5)).map(\.count) == [6])
    // One that is larger than everything still passes, alone.
    #expect(queue.push([UInt8](repeating: 4, count: 50)).count == 2)
    #expect(queue.count == 1)
  }

  @Test func deadlinesPassAndClosedQueuesDrain() {
    let queue = BoundedQueue<Int>(capacity: 2, policy: .wait)
    let before = MonotonicClock.now()
    guard case .timeout = queue.pop(until: before + 20_000_000) else {
      Issue.record("no timeout")
      return
    }
    #expect(MonotonicClock.now() >= before + 20_000_000)
    queue.push(7)
    queue.close()
    #expect(queue.push(8) == [8])
    guard case .element(7) = queue.pop() else {
      Issue.record("lost")
      return
    }
    guard case .closed = queue.pop() else {
      Issue.record("not closed")
      return
    }
  }

  @Test func severalThreadsLoseNothing() {
    let queue = BoundedQueue<Int>(capacity: 4, policy: .wait)
    let sum = Atomic<Int>(0)
    let readers = (0..<2).map { i in
      NamedThread("reader-\(i)") {
        while case .element(let value) = queue.pop() { sum.wrappingAdd(value, ordering: .relaxed) }
      }
    }
    let writers = (0..<3).map { i in NamedThread("writer-\(i)") { for j in 0..<1000 { queue.push(i * 1000 + j) } } }
    for writer in writers { writer.join() }
    queue.close()
    for reader in readers { reader.join() }
    #expect(sum.load(ordering: .relaxed) == (0..<3000).reduce(0, +))
    #expect(queue.counters == .init(pushed: 3000, popped: 3000, dropped: 0))
  }

  private func taken(_ queue: BoundedQueue<Int>) -> [Int] {
    queue.close()
    var all: [Int] = []
    while case .element(let value) = queue.pop() { all.append(value) }
    return all
  }
}
