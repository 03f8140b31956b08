import Synchronization
import Tensor
import Testing

@Suite struct WorkerPoolTests {
  private struct Job {
    let visits: UnsafeMutablePointer<Int32>
    let workers: UnsafeMutablePointer<Int32>
  }

  @Test(arguments: [1, 2, 3, 8]) func everyTileOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let visits = UnsafeMutablePointer<Int32>.allocate(capacity: 1000)
    let workers = UnsafeMutablePointer<Int32>.allocate(capacity: 1000)
    defer {
      visits.deallocate()
      workers.deallocate()
    }
    for round in 0..<200 {
      let count = round * 5 % 997
      visits.initialize(repeating: 0, count: 1000)
      workers.initialize(repeating: -1, count: 1000)
      pool.parallel(count, Job(visits: visits, workers: workers)) { job, tile, worker in
        let job = job.load(as: Job.self)
        job.visits[tile] += 1
        job.workers[tile] = Int32(worker)
      }
      #expect((0..<1000).allSatisfy { visits[$0] == ($0 < count ? 1 : 0) })
      #expect((0..<count).allSatisfy { workers[$0] >= 0 && workers[$0] < Int32(threads) })
    }
  }

  /// A worker index is never used by two tiles at once, so that scratch memory can belong to it.
  @Test func workersAreExclusive() {
    struct Job {
      let inside: UnsafeMutablePointer<Int32>
      let clashes: UnsafeMutablePointer<Int32>
    }
    let pool = WorkerPool(threads: 4)
    let inside = UnsafeMutablePointer<Int32>.allocate(capacity: 64)
    let clashes = UnsafeMutablePointer<Int32>.allocate(capacity: 64)
    inside.initialize(repeating: 0, count: 64)
    clashes.initialize(repeating: 0, count: 64)
    defer {
      inside.deallocate()
      clashes.deallocate()
    }
    pool.parallel(2000, Job(inside: inside, clashes: clashes)) { job, tile, worker in
      let job = job.load(as: Job.self)
      // Each worker's counter on a cache line of its own; a clash would show as a count above 1.
      job.inside[worker * 16] += 1
      for _ in 0..<50 where job.inside[worker * 16] != 1 { job.clashes[worker * 16] += 1 }
      job.inside[worker * 16] -= 1
    }
    #expect((0..<4).allSatisfy { clashes[$0 * 16] == 0 && inside[$0 * 16] == 0 })
  }

  @Test func poolsComeAndGo() {
    for threads in 1...5 {
      for _ in 0..<20 { _ = WorkerPool(threads: threads) }
    }
  }
}
