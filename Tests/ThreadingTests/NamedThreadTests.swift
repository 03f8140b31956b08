import Foundation
import Testing
import Threading

@Suite struct NamedThreadTests {
  /// Bytes of the process's address space.
  private func size() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return try #require(Int(text.split(separator: " ")[0])) * sysconf(Int32(_SC_PAGESIZE))
  }

  @Test func joinWaitsForTheEnd() {
    let ended = Guarded(false)
    let thread = NamedThread("mien-test") {
      MonotonicClock.wait(until: MonotonicClock.now() + 20_000_000)
      ended.withLock { $0 = true }
    }
    thread.join()
    #expect(ended.withLock { $0 })
  }

  /// A thread that nobody joins leaves nothing behind, its stack least of all: that is 8 MiB of address space.
  @Test func aThreadThatNobodyJoinsIsTakenBack() throws {
    let before = try size()
    for i in 1...2000 {
      let ended = Guarded(0)
      _ = NamedThread("mien-test") { ended.withLock { $0 = i } }
      while ended.withLock({ $0 }) != i { MonotonicClock.wait(until: MonotonicClock.now() + 20_000) }
    }
    #expect(try size() - before < 8 << 30)
  }
}
