internal import Glibc

/// A mutex with a condition whose deadlines are on the monotonic clock, so that setting the wall clock moves none.
public final class Condition: @unchecked Sendable {
  // @unchecked because pthread's objects are made for several threads; they keep their address until deinit.

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  public init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` while the lock is held, and returns what it returns.
  public func locked<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Only inside `locked`. May come back early.
  /// - Parameter deadline: monotonic nanoseconds; nil: none.
  /// - Returns: false if the deadline has passed.
  @discardableResult
  public func wait(until deadline: Int64?) -> Bool {
    guard let deadline else {
      pthread_cond_wait(condition, mutex)
      return true
    }
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
  }

  /// Only inside `locked`.
  public func wakeAll() { pthread_cond_broadcast(condition) }
}
