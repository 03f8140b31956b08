internal import Synchronization

/// Set once, by any thread.
package final class Latch: Sendable {
  package init() {}

  private let flag = Atomic<Bool>(false)

  package var isSet: Bool { flag.load(ordering: .acquiring) }
  package func set() { flag.store(true, ordering: .releasing) }
}
