internal import CSystem
internal import Glibc

/// A named thread of our own.
///
/// Not Swift concurrency, because its pool is as wide as the processor and must not be blocked by devices or by a model.
public final class NamedThread: @unchecked Sendable {
  // @unchecked because `thread` is written once, before anybody else has the object, and joined once, by its owner.

  private var thread = pthread_t()
  private var isJoined = false

  /// - Parameter name: at most 15 bytes are kept.
  public init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        // Non-nil, because it is the Start that was passed.
        let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
        csystem_name_thread(start.name)
        start.body()
        return nil
      }, start)
    precondition(code == 0, "cannot start the thread \(name): pthread_create says \(code)")
  }

  /// The system takes back a thread that nobody has joined at the thread's end.
  deinit { if !isJoined { pthread_detach(thread) } }

  /// Waits for its end; to be called by one thread only. Without it the thread outlives the object.
  public func join() {
    guard !isJoined else { return }
    isJoined = true
    pthread_join(thread, nil)
  }

  private final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
  }
}
