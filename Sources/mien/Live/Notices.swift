import Glibc
import Logging
import Outlets
import Signal

/// Lines for stderr from threads that must not wait for it: a terminal may be held, a pipe full.
final class Notices: Sendable {
  private let writer: LineWriter?

  /// - Parameter log: says whether notices are wanted.
  init(_ log: Logger) {
    writer = log.logLevel <= .notice ? LineWriter(descriptor: STDERR_FILENO, note: { _ in nil }) : nil
  }

  /// Never waits; where too many lines wait, the oldest are lost.
  func say(_ line: String) { writer?.write(StreamLine("mien: \(oneLine(line))\n", start: .zero)) }

  func finish() { writer?.finish(within: 0.2) }
}
