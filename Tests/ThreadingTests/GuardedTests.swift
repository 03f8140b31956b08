import Testing
import Threading

@Suite struct GuardedTests {
  /// Under the thread sanitizer this also proves that it knows the lock.
  @Test func nothingIsLostBetweenThreads() {
    let counts = Guarded<[Int: Int]>([:])
    let strands = (0..<4).map { number in
      NamedThread("count \(number)") {
        for round in 0..<2000 { counts.withLock { $0[round % 7, default: 0] += 1 } }
      }
    }
    for thread in strands { thread.join() }
    #expect(counts.withLock { $0.values.reduce(0, +) } == 8000)
  }
}
