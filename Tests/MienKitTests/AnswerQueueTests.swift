import Carriers
import Recognition
import Signal
import Testing

@testable import MienKit

@Suite struct AnswerQueueTests {
  private struct Broken: Error, Equatable {}

  private func answer(_ index: Int) -> EmotionResult {
    let window = Window<Int>(
      index: index, start: .zero, end: .zero, people: [], video: .init(frames: 0, dropped: 0),
      audio: .init(spectrogram: nil, coverage: 0, level: nil))
    let model = ModelSummary(id: "", sha256: nil, labels: ["one"], task: .classification, trained: false)
    return EmotionResult(window: window, person: nil, model: model, rule: AnswerRule(model))
  }

  /// Answers that a thread makes as fast as it is let.
  private func answers(_ count: Int, _ queue: AnswerQueue, failing: Bool = false) throws -> Answers {
    try Answers("mien-test", queue) { [answer] in
      queue.begin()
      for i in 0..<count where !queue.isOver { queue.push(answer(i)) }
      if failing { throw Broken() }
      return nil
    }
  }

  @Test func aThreadTakesThemInOrder() throws {
    let answers = try answers(100, AnswerQueue(capacity: 2, policy: .wait))
    for i in 0..<100 { #expect(try answers.next()?.sequence == i) }
    #expect(try answers.next() == nil)
    #expect(try answers.next() == nil)
  }

  @Test func aTaskTakesThemInOrder() async throws {
    var taken: [Int] = []
    for try await answer in try answers(100, AnswerQueue(capacity: 2, policy: .wait)) { taken.append(answer.sequence) }
    #expect(taken == Array(0..<100))
  }

  @Test func whoMakesThemWaits() throws {
    let made = Guarded(0)
    let queue = AnswerQueue(capacity: 3, policy: .wait)
    let answers = try Answers("mien-test", queue) { [answer] in
      queue.begin()
      for i in 0..<10 {
        queue.push(answer(i))
        made.withLock { $0 += 1 }
      }
      return nil
    }
    MonotonicClock.wait(until: MonotonicClock.now() + 50_000_000)
    // Three wait; the fourth is in the maker's hand.
    #expect(made.withLock { $0 } <= 3)
    for i in 0..<10 { #expect(try answers.next()?.sequence == i) }
    #expect(try answers.next() == nil && answers.dropped == 0)
  }

  @Test func aLiveStreamDropsTheOldest() throws {
    let queue = AnswerQueue(capacity: 3, policy: .dropOldest)
    for i in 0..<10 { queue.push(answer(i)) }
    queue.finish(.success(nil))
    #expect(try [queue.next(), queue.next(), queue.next(), queue.next()].map { $0?.sequence } == [7, 8, 9, nil])
    #expect(queue.dropped == 7)
  }

  @Test func anErrorComesAfterTheAnswers() async throws {
    let first = try answers(2, AnswerQueue(capacity: 2, policy: .wait), failing: true)
    #expect(try first.next()?.sequence == 0)
    #expect(try first.next()?.sequence == 1)
    #expect(throws: Broken.self) { try first.next() }
    var count = 0
    await #expect(throws: Broken.self) {
      for try await _ in try answers(3, AnswerQueue(capacity: 2, policy: .wait), failing: true) { count += 1 }
    }
    #expect(count == 3)
  }

  @Test func anErrorBeforeTheBeginIsTheCallers() {
    let queue = AnswerQueue(capacity: 2, policy: .wait)
    #expect(throws: Broken.self) { _ = try Answers("mien-test", queue) { throw Broken() } }
  }

  @Test func whoStopsTakingEndsTheStream() throws {
    let queue = AnswerQueue(capacity: 2, policy: .wait)
    let ended = Latch()
    var answers: Answers? = try Answers("mien-test", queue) { [answer] in
      queue.begin()
      while !queue.isOver { queue.push(answer(0)) }
      ended.set()
      return nil
    }
    #expect(try answers?.next() != nil)
    answers = nil
    for _ in 0..<500 where !ended.isSet { MonotonicClock.wait(until: MonotonicClock.now() + 10_000_000) }
    #expect(ended.isSet)
  }

  @Test func aTaskThatIsCancelledGetsNoMore() async throws {
    let queue = AnswerQueue(capacity: 2, policy: .wait)
    // Nothing ever comes.
    let task = Task { try await queue.next() }
    task.cancel()
    #expect(try await task.value == nil)
    #expect(queue.isOver)
  }
}
