internal import Glibc

/// What a full queue does when one more element comes.
public enum FullQueuePolicy: Sendable {
  /// The oldest elements are dropped and counted: a reader that is late wants the newest.
  case dropOldest
  /// The new element is refused and counted.
  case refuseNewest
  /// The caller of `push` waits. Only for threads that may be held up.
  case wait
}

/// What a reader got.
public enum Popped<Element> {
  case element(Element)
  /// The deadline passed first.
  case timeout
  /// Closed, and nothing is left.
  case closed
}

/// A first-in-first-out queue between threads, with a capacity, a policy for when it is full, and counters.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  // @unchecked because everything below changes only while `condition` is locked.

  /// How many elements went through the queue since it was made.
  public struct Counters: Hashable, Sendable {
    /// Elements that were accepted, handed to a reader, and lost to the policy.
    public var pushed, popped, dropped: Int

    public init(pushed: Int = 0, popped: Int = 0, dropped: Int = 0) {
      (self.pushed, self.popped, self.dropped) = (pushed, popped, dropped)
    }
  }

  public let capacity: Int
  public let policy: FullQueuePolicy
  private let cost: @Sendable (Element) -> Int
  private let condition = Condition()
  private var elements: [Element] = []
  /// Where the oldest element is; the array is moved down when half of it is old.
  private var first = 0
  private var held = 0
  private var isClosed = false
  private var counted = Counters()

  /// - Parameters:
  ///   - capacity: the sum of costs that may wait. An element that costs more than all of it passes through an empty
  ///     queue.
  ///   - cost: what an element takes of the capacity; 1 each unless told.
  public init(capacity: Int, policy: FullQueuePolicy, cost: @escaping @Sendable (Element) -> Int = { _ in 1 }) {
    precondition(capacity > 0, "a queue of \(capacity)")
    (self.capacity, self.policy, self.cost) = (capacity, policy, cost)
  }

  public var counters: Counters { condition.locked { counted } }

  /// Elements waiting now.
  public var count: Int { condition.locked { elements.count - first } }

  /// - Returns: what the policy dropped for it (with `refuseNewest` and after `close()` the element itself).
  @discardableResult
  public func push(_ element: Element) -> [Element] {
    let price = cost(element)
    return condition.locked {
      guard !isClosed else { return [element] }
      var dropped: [Element] = []
      while held + price > capacity, first < elements.count {
        switch policy {
        case .dropOldest: dropped.append(removeFirst())
        case .refuseNewest:
          counted.dropped += 1
          return [element]
        case .wait:
          condition.wait(until: nil)
          if isClosed { return [element] }
        }
      }
      counted.dropped += dropped.count
      counted.pushed += 1
      elements.append(element)
      held += price
      condition.wakeAll()
      return dropped
    }
  }

  /// The oldest element; waits for one until `deadline` (monotonic nanoseconds; nil: for ever).
  public func pop(until deadline: Int64? = nil) -> Popped<Element> {
    condition.locked {
      while first == elements.count {
        if isClosed { return .closed }
        if !condition.wait(until: deadline) { return first < elements.count ? .element(take()) : .timeout }
      }
      return .element(take())
    }
  }

  /// Nothing more goes in; readers get what is left.
  public func close() {
    condition.locked {
      isClosed = true
      condition.wakeAll()
    }
  }

  private func take() -> Element {
    counted.popped += 1
    let element = removeFirst()
    condition.wakeAll()
    return element
  }

  private func removeFirst() -> Element {
    let element = elements[first]
    held -= cost(element)
    first += 1
    if first * 2 > elements.count {
      elements.removeFirst(first)
      first = 0
    }
    return element
  }
}
