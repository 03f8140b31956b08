internal import Glibc

/// A value that one thread at a time may touch.
///
/// Uses pthread's mutex and not the standard library's: the thread sanitizer does not see into the latter, and reports a
/// race for every contended use.
public final class Guarded<Value>: @unchecked Sendable {
  // @unchecked because the value is only reached inside the lock.

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  public init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Must not be called inside itself.
  public func withLock<Answer>(_ body: (inout Value) throws -> Answer) rethrows -> Answer {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
