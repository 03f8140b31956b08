public import Files
internal import Glibc
public import Recognition
internal import Threading

/// Writes lines to a file descriptor on a thread of its own, so that a reader that does not read never slows the writer of
/// the stream.
///
/// The descriptor's mode is not changed: standard output is shared with other programs, and non-blocking mode would break
/// them.
public final class LineWriter: Sendable {
  /// Why the writer has ended.
  public enum Closing: Sendable, Hashable {
    /// Nobody reads (EPIPE).
    case readerGone
    /// The system's error number: a full disk, for example.
    case failed(Int32)
  }

  /// How many lines were written, lost and left.
  public struct Counters: Sendable, Hashable {
    /// Lines written whole (notes about lost lines included), lost because too many waited, and never written because
    /// the writer was closed or its time was up.
    public var written, dropped, unwritten: Int
  }

  private let state: State
  private let thread: NamedThread

  /// - Parameters:
  ///   - descriptor: stays open and the caller's.
  ///   - limits: how many lines and bytes may wait.
  ///   - note: how a status is written; nil: not at all, in formats that have no word for it.
  ///   - closed: called once, on the writer's thread, when the reader is gone or writing fails.
  public init(
    descriptor: Int32, limits: LineLimits = .writer,
    note: @escaping @Sendable (StreamStatus) -> String? = { StreamEvent.status($0).json.text + "\n" },
    closed: @escaping @Sendable (Closing) -> Void = { _ in }
  ) {
    let state = State(descriptor, limits, note, closed)
    self.state = state
    thread = NamedThread("mien-lines") { state.run() }
  }

  /// Never waits. After the writer has closed, lines are counted as unwritten.
  public func write(_ line: StreamLine) { state.write(line) }

  /// nil while it writes.
  public var closing: Closing? { state.condition.locked { state.closing } }

  public var counters: Counters { state.condition.locked { state.counters } }

  /// Writes what waits, but gives up on a reader who does not read. To be called once, by the owner.
  /// - Returns: whether everything that waited was written.
  @discardableResult
  public func finish(within seconds: Double) -> Bool {
    let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
    let isWhole = state.finish(until: deadline)
    // Otherwise not joined: a terminal may hold the thread for ever in a write that poll(2) promised would not wait.
    if state.condition.locked({ state.isDone }) { thread.join() }
    return isWhole
  }

  private final class State: @unchecked Sendable {
    // @unchecked because the variables change only while `condition` is locked.

    let condition = Condition()
    var backlog: LineBacklog
    var closing: Closing?
    var counted = Counters(written: 0, dropped: 0, unwritten: 0)
    private var deadline: Int64?
    private(set) var isDone = false
    private let descriptor: Int32
    private let note: @Sendable (StreamStatus) -> String?
    private let closed: @Sendable (Closing) -> Void

    init(
      _ descriptor: Int32, _ limits: LineLimits, _ note: @escaping @Sendable (StreamStatus) -> String?,
      _ closed: @escaping @Sendable (Closing) -> Void
    ) {
      backlog = LineBacklog(limits: limits)
      (self.descriptor, self.note, self.closed) = (descriptor, note, closed)
    }

    var counters: Counters {
      var all = counted
      all.dropped = backlog.dropped
      return all
    }

    func write(_ line: StreamLine) {
      condition.locked {
        if closing != nil || deadline != nil {
          counted.unwritten += 1
        } else {
          backlog.append(line)
          condition.wakeAll()
        }
      }
    }

    func finish(until deadline: Int64) -> Bool {
      condition.locked {
        self.deadline = deadline
        condition.wakeAll()
        while !isDone, condition.wait(until: deadline + 100_000_000) {}
        return isDone && closing == nil && counted.unwritten == 0
      }
    }

    func run() {
      SocketSystem.blockPipeSignal()
      defer {
        condition.locked {
          isDone = true
          condition.wakeAll()
        }
      }
      while let line = take() {
        let failure = put(line.bytes)
        condition.locked {
          if failure == nil { counted.written += 1 } else { counted.unwritten += 1 + backlog.count }
          if let failure, failure != ETIMEDOUT { closing = failure == EPIPE ? .readerGone : .failed(failure) }
        }
        if failure == nil { continue }
        if let closing = condition.locked({ closing }) { closed(closing) }
        return
      }
    }

    private func take() -> StreamLine? {
      condition.locked {
        while backlog.isEmpty {
          if deadline != nil { return nil }
          condition.wait(until: nil)
        }
        return backlog.next(note: note)
      }
    }

    /// - Returns: the error number; ETIMEDOUT: the time to finish is up.
    private func put(_ bytes: [UInt8]) -> Int32? {
      var done = 0
      while done < bytes.count {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&wanted, 1, 50)
        if ready == 0 || (ready < 0 && errno == EINTR) {
          if let deadline = condition.locked({ deadline }), MonotonicClock.now() >= deadline { return ETIMEDOUT }
          continue
        }
        // A pipe that is ready takes PIPE_BUF bytes without holding us up, and not one more for certain.
        let n = SocketSystem.write(descriptor, bytes[done..<min(done + Int(PIPE_BUF), bytes.count)])
        if n >= 0 { done += n } else if errno != EINTR && errno != EAGAIN { return errno }
      }
      return nil
    }
  }
}
