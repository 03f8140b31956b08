public import Recognition
internal import Threading

/// The answers of one stream, a window each, made on threads of our own.
///
/// `for try await answer in answers` takes them without holding a thread of Swift's pool; `next()` takes them on the calling
/// thread. A few answers are made ahead; a recording then waits for whoever takes them, a live session drops the oldest. Once
/// nobody takes them any more, the stream ends. The first answer waits until everything is open. For one reader.
public final class Answers: AsyncSequence, Sendable {
  public typealias Element = EmotionResult

  private let queue: AnswerQueue

  /// Starts the thread.
  /// - Parameters:
  ///   - name: the thread's.
  ///   - queue: where the answers wait.
  ///   - body: opens what is to be read and makes the answers, until the queue is over.
  init(_ name: String, _ queue: AnswerQueue, body: @escaping @Sendable () throws -> SessionClosed?) {
    self.queue = queue
    _ = NamedThread(name) { queue.finish(Result { try body() }) }
  }

  deinit { queue.cancel() }

  /// The next answer; nil at the end. Waits on the calling thread.
  /// - Throws: why it could not be opened, or what ended the stream early; at the end `DamagedRecording`, where parts could
  ///   not be read.
  public func next() throws -> EmotionResult? { try queue.next() }

  /// Ends the stream early: nothing follows.
  public func cancel() { queue.cancel() }

  /// Answers of a live session that were lost because nobody took them in time.
  public var dropped: Int { queue.dropped }

  /// What the stream counted, once it has ended by itself; nil before, and where it ended with an error.
  public var closed: SessionClosed? { queue.closed }

  /// The answers from the first one that was not taken yet.
  public func makeAsyncIterator() -> Iterator { Iterator(answers: self) }

  /// Gives the answers in the order of their windows.
  public struct Iterator: AsyncIteratorProtocol {
    let answers: Answers

    /// The next answer, or nil at the end.
    ///
    /// - Throws: as `Answers.next()`.
    public mutating func next() async throws -> EmotionResult? { try await answers.queue.next() }
  }
}

/// A recording of which parts could not be read. What could be read was answered before.
public struct DamagedRecording: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence each.
  public let damage: [String]

  public var description: String { damage.joined(separator: "; ") }
}
