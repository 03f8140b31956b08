internal import Recognition
internal import Threading

/// Answers on their way from the thread that makes them to whoever asks for them, with a limit.
///
/// Whoever asks may be a thread, which waits, or a task, which is suspended and holds no thread of Swift's pool.
final class AnswerQueue: @unchecked Sendable {
  // @unchecked because everything below changes only while `condition` is locked.

  private let capacity: Int
  private let policy: FullQueuePolicy
  private let condition = Condition()
  private var answers: [EmotionResult] = []
  private var end: Result<SessionClosed?, any Error>?
  private var isCancelled = false
  private var asking: CheckedContinuation<EmotionResult?, any Error>?
  private var lost = 0

  init(capacity: Int, policy: FullQueuePolicy) { (self.capacity, self.policy) = (capacity, policy) }

  /// Answers lost because too many waited.
  var dropped: Int { condition.locked { lost } }

  /// Nobody asks any more.
  var isOver: Bool { condition.locked { isCancelled } }

  /// The stream's last line, once it has come.
  var closed: SessionClosed? { condition.locked { try? end?.get() } }

  /// Waits or drops, as the policy has it. Where nobody asks any more, nothing happens.
  func push(_ answer: EmotionResult) {
    let task: CheckedContinuation<EmotionResult?, any Error>? = condition.locked {
      while policy == .wait, answers.count >= capacity, !isCancelled { condition.wait(until: nil) }
      if isCancelled { return nil }
      // A task asks only while nothing waits.
      if let asking {
        self.asking = nil
        return asking
      }
      if answers.count >= capacity {
        lost += 1
        if policy == .refuseNewest { return nil }
        answers.removeFirst()
      }
      answers.append(answer)
      condition.wakeAll()
      return nil
    }
    task?.resume(returning: answer)
  }

  /// Nothing follows.
  func finish(_ end: Result<SessionClosed?, any Error>) {
    let task: CheckedContinuation<EmotionResult?, any Error>? = condition.locked {
      self.end = end
      condition.wakeAll()
      defer { asking = nil }
      return asking
    }
    task?.resume(with: end.map { _ -> EmotionResult? in nil })
  }

  /// Nobody asks any more: whoever makes answers stops, whoever asks gets none.
  func cancel() {
    let task: CheckedContinuation<EmotionResult?, any Error>? = condition.locked {
      isCancelled = true
      answers = []
      condition.wakeAll()
      defer { asking = nil }
      return asking
    }
    task?.resume(returning: nil)
  }

  /// The next answer; nil at the end. Waits on the calling thread.
  func next() throws -> EmotionResult? {
    try condition.locked {
      while true {
        if let ready { return try ready.get() }
        condition.wait(until: nil)
      }
    }
  }

  /// The same without holding a thread.
  func next() async throws -> EmotionResult? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now: Result<EmotionResult?, any Error>? = condition.locked {
          if let ready { return ready }
          asking = continuation
          return nil
        }
        if let now { continuation.resume(with: now) }
      }
    } onCancel: {
      cancel()
    }
  }

  /// Only while locked. nil: nothing has come yet.
  private var ready: Result<EmotionResult?, any Error>? {
    if !answers.isEmpty {
      defer { condition.wakeAll() }
      return .success(answers.removeFirst())
    }
    if isCancelled { return .success(nil) }
    return end?.map { _ -> EmotionResult? in nil }
  }
}
