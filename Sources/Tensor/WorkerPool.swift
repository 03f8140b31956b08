internal import CSystem
internal import Glibc
internal import Synchronization

/// Threads of our own that share the tiles of one operation at a time.
///
/// The caller works too, so a pool of 1 starts no thread. Who takes which tile is left to chance; therefore tiles must
/// write disjoint memory and their cut must not depend on the number of threads: then neither do the results.
/// Not Swift concurrency, because its pool is as wide as the processor and must not be blocked.
///
/// A window has some two hundred operations, a few hundred microseconds apart or less, and to wake a thread takes tens
/// of them. So whoever waits looks for a moment before it sleeps; a pool that is idle sleeps.
package final class WorkerPool: @unchecked Sendable {
  // @unchecked because `job`, `body` and `count` are written before `generation` counts on (release) and read by workers
  // that saw it do so (acquire), and not written again before all of those have left `busy`; `sleepers`, `stopping` and
  // both conditions belong to `mutex`; `running` only the calling thread touches; the rest is atomic.

  /// What a tile runs: the job's address, the tile, and the worker (0 is the caller), which owns scratch memory.
  /// A C function, because a closure's context would be an allocation for every operation.
  package typealias Body = @convention(c) (_ job: UnsafeRawPointer, _ tile: Int, _ worker: Int) -> Void

  /// Threads that work, the caller included.
  package let threads: Int

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let started = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var workers: [pthread_t] = []

  /// Operations begun.
  private let generation = Atomic<Int>(0)
  /// Workers that have not left the present one.
  private let busy = Atomic<Int>(0)
  /// Workers that sleep, or are about to; whether the caller does.
  private let sleepers = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  private var stopping = false
  private var job: UnsafeRawPointer?
  private var body: Body?
  private var count = 0
  private let next = Atomic<Int>(0)
  private var running = false

  /// - Parameter threads: at least 1; more than the machine has cores gains nothing.
  package init(threads: Int) {
    precondition(threads >= 1, "a pool of \(threads) threads")
    self.threads = threads
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(started, nil)
    pthread_cond_init(finished, nil)
    for worker in 1..<max(threads, 1) {
      // Unowned, because a worker that kept the pool alive would keep deinit from ever stopping it; deinit joins
      // every worker before the memory goes.
      let start = Start(pool: Unmanaged.passUnretained(self), worker: worker)
      let context = Unmanaged.passRetained(start).toOpaque()
      var thread = pthread_t()
      let code = pthread_create(&thread, nil, { WorkerPool.enter($0) }, context)
      precondition(code == 0, "cannot start thread \(worker): pthread_create says \(code)")
      workers.append(thread)
    }
  }

  deinit {
    pthread_mutex_lock(mutex)
    stopping = true
    pthread_cond_broadcast(started)
    pthread_mutex_unlock(mutex)
    for worker in workers { pthread_join(worker, nil) }
    pthread_cond_destroy(started)
    pthread_cond_destroy(finished)
    pthread_mutex_destroy(mutex)
    started.deallocate()
    finished.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` for every tile in 0..<count and returns when all are done. `job` is lent to the workers meanwhile.
  ///
  /// Call from one thread at a time, and not from inside a tile.
  package func parallel<Job>(_ count: Int, _ job: Job, _ body: Body) {
    withUnsafePointer(to: job) { run(count, UnsafeRawPointer($0), body) }
  }

  private func run(_ count: Int, _ job: UnsafeRawPointer, _ body: Body) {
    precondition(!running, "a pool runs one operation at a time")
    running = true
    defer { running = false }
    guard threads > 1 && count > 1 else {
      for tile in 0..<count { body(job, tile, 0) }
      return
    }
    (self.job, self.body, self.count) = (job, body, count)
    next.store(0, ordering: .relaxed)
    busy.store(threads - 1, ordering: .relaxed)
    // Sequentially consistent, as is a worker's way to sleep: either it sees the generation, or we see the sleeper.
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(started)
      pthread_mutex_unlock(mutex)
    }

    work(job, body, count, as: 0)

    if !soon({ busy.load(ordering: .acquiring) == 0 }) {
      pthread_mutex_lock(mutex)
      callerSleeps.store(true, ordering: .sequentiallyConsistent)
      while busy.load(ordering: .sequentiallyConsistent) > 0 { pthread_cond_wait(finished, mutex) }
      callerSleeps.store(false, ordering: .relaxed)
      pthread_mutex_unlock(mutex)
    }
    (self.job, self.body) = (nil, nil)
  }

  /// Whether `condition` comes true within some 50 µs.
  @inline(__always)
  private func soon(_ condition: () -> Bool) -> Bool {
    if condition() { return true }
    // By the clock, because a pause takes 10 ns on one processor, 40 on another, and microseconds on an emulated one.
    let end = monotonicSeconds() + 50e-6
    repeat {
      for _ in 0..<16 {
        csystem_pause()
        if condition() { return true }
      }
    } while monotonicSeconds() < end
    return false
  }

  private func work(_ job: UnsafeRawPointer, _ body: Body, _ count: Int, as worker: Int) {
    while true {
      // Relaxed, because the mutex orders everything else; the counter only hands out tiles.
      let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard tile < count else { return }
      body(job, tile, worker)
    }
  }

  private func serve(as worker: Int) {
    csystem_name_thread("mien-worker-\(worker)")
    var seen = 0
    while true {
      if !soon({ generation.load(ordering: .acquiring) != seen }) {
        pthread_mutex_lock(mutex)
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while generation.load(ordering: .sequentiallyConsistent) == seen && !stopping {
          pthread_cond_wait(started, mutex)
        }
        sleepers.wrappingSubtract(1, ordering: .relaxed)
        let ends = stopping
        pthread_mutex_unlock(mutex)
        if ends { return }
      }
      // The next one cannot begin before we have left this one.
      seen += 1
      guard let job, let body else { preconditionFailure("a generation without a job") }
      work(job, body, count, as: worker)
      if busy.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0
        && callerSleeps.load(ordering: .sequentiallyConsistent)
      {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(finished)
        pthread_mutex_unlock(mutex)
      }
    }
  }

  private final class Start {
    let pool: Unmanaged<WorkerPool>
    let worker: Int
    init(pool: Unmanaged<WorkerPool>, worker: Int) { (self.pool, self.worker) = (pool, worker) }
  }

  private static func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
    // Without a retain: see init.
    start.pool._withUnsafeGuaranteedRef { $0.serve(as: start.worker) }
    return nil
  }
}
