import Networks
import Recognition
import Signal
import Testing
import Threading

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
  private func answers(_ count: Int, _ queue: AnswerQueue, failing: Bool = false) -> Answers {
    Answers("mien-test", queue) { [answer] in
      for i in 0..<count where !queue.isOver { queue.push(answer(i)) }
      if failing { throw Broken() }
      return nil
    }
  }

  @Test func aThreadTakesThemInOrder() throws {
    let answers = answers(100, AnswerQueue(capacity: 2, policy: .wait))
    for i in 0..<100 { #expect(try answers.next()?.sequence == i) }
    #expect(try answers.next() == nil)
    #expect(try answers.next() == nil)
  }

  @Test func aTaskTakesThemInOrder() async throws {
    var taken: [Int] = []
    for try await answer in answers(100, AnswerQueue(capacity: 2, policy: .wait)) { taken.append(answer.sequence) }
    #expect(taken == Array(0..<100))
  }

  @Test func whoMakesThemWaits() throws {
    let made = Guarded(0)
    let queue = AnswerQueue(capacity: 3, policy: .wait)
    let answers = Answers("mien-test", queue) { [answer] in
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

  @Test func anotherQueueKeepsTheOldest() throws {
    let queue = AnswerQueue(capacity: 3, policy: .refuseNewest)
    for i in 0..<10 { queue.push(answer(i)) }
    queue.finish(.success(nil))
    #expect(try [queue.next(), queue.next(), queue.next(), queue.next()].map { $0?.sequence } == [0, 1, 2, nil])
    #expect(queue.dropped == 7)
  }

  @Test func anErrorComesAfterTheAnswers() async throws {
    let first = answers(2, AnswerQueue(capacity: 2, policy: .wait), failing: true)
    #expect(try first.next()?.sequence == 0)
    #expect(try first.next()?.sequence == 1)
    #expect(throws: Broken.self) { try first.next() }
    var count = 0
    await #expect(throws: Broken.self) {
      for try await _ in answers(3, AnswerQueue(capacity: 2, policy: .wait), failing: true) { count += 1 }
    }
    #expect(count == 3)
  }

  @Test func whatCannotBeOpenedIsSaidByTheFirstAnswer() async throws {
    let answers = Answers("mien-test", AnswerQueue(capacity: 2, policy: .wait)) { throw Broken() }
    #expect(throws: Broken.self) { try answers.next() }
    var iterator = answers.makeAsyncIterator()
    await #expect(throws: Broken.self) { try await iterator.next() }
  }

  /// Opening takes as long as it takes; a task that waits for it can be cancelled.
  @Test func openingHoldsNobody() async throws {
    let (isOpen, ended) = (Latch(), Latch())
    let answers = Answers("mien-test", AnswerQueue(capacity: 2, policy: .wait)) {
      while !isOpen.isSet { MonotonicClock.wait(until: MonotonicClock.now() + 1_000_000) }
      ended.set()
      return nil
    }
    let task = Task {
      var iterator = answers.makeAsyncIterator()
      return try await iterator.next()
    }
    task.cancel()
    #expect(try await task.value == nil && !ended.isSet)
    isOpen.set()
  }

  @Test func whoStopsTakingEndsTheStream() throws {
    let queue = AnswerQueue(capacity: 2, policy: .wait)
    let ended = Latch()
    var answers: Answers? = Answers("mien-test", queue) { [answer] in
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
