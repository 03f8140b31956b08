import Glibc
import Recognition
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal as a flag that loops ask for: the first finishes, a second Ctrl-C or SIGTERM ends
/// the process at once.
enum Interruption {
  private static let stopping = [SIGINT, SIGTERM, SIGHUP]

  /// The first signal that came; 0 for none.
  private static let received = Atomic<Int32>(0)

  /// What the first signal's handler says; nothing unless a command asked for it.
  private static let answer = Atomic<Int>(0)
  private static let answers: (plain: StaticString, terminal: StaticString) = (
    "mien: finishing this batch, then a checkpoint; another Ctrl-C ends at once, without one\n",
    "\r\u{1b}[Kmien: finishing this batch, then a checkpoint; another Ctrl-C ends at once, without one\n"
  )

  /// From now on the first signal is answered on stderr at once, because what it stops may take a while to end.
  static func answers(onTerminal isTerminal: Bool) { answer.store(isTerminal ? 2 : 1, ordering: .relaxed) }

  /// To be called once, before any other thread starts. A closed pipe becomes a write error instead of a death.
  static func install() {
    signal(SIGPIPE, SIG_IGN)
    // So does a file that reaches the limit of its size (ulimit -f).
    signal(SIGXFSZ, SIG_IGN)
    // Made now, because a handler may not be the first to touch a global.
    received.store(0, ordering: .relaxed)
    answer.store(0, ordering: .relaxed)
    _ = answers
    for number in stopping {
      // Under nohup it stays ignored.
      if number == SIGHUP, isIgnored(number) { continue }
      var action = sigaction()
      // Only atomic exchanges, write and _exit: all are safe in a handler. No SA_RESTART, so that waits come back.
      action.__sigaction_handler.sa_handler = { number in
        let earlier = Interruption.received.exchange(number, ordering: .relaxed)
        // The kernel and the shell may both say that the terminal is gone.
        if earlier != 0, number != SIGHUP { _exit(128 + number) }
        let kind = Interruption.answer.exchange(0, ordering: .relaxed)
        guard kind > 0 else { return }
        let text = kind == 2 ? Interruption.answers.terminal : Interruption.answers.plain
        let code = errno
        // Because a static string's bytes lie in the program itself, they are there whatever was interrupted.
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        errno = code
      }
      sigaction(number, &action, nil)
    }
    // A parent that starts us from a worker thread may hand down these as blocked; then nothing could stop us.
    var set = sigset_t()
    sigemptyset(&set)
    for number in stopping { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// For what has nothing to finish: from now on a signal simply ends the process.
  static func endAtOnce() { for number in stopping where !isIgnored(number) { signal(number, SIG_DFL) } }

  /// Why to stop, if anybody asked.
  static var reason: SessionClosed.Reason? {
    switch received.load(ordering: .relaxed) {
    case SIGINT: .sigint
    // A terminal that was closed asks for the same as SIGTERM.
    case SIGTERM, SIGHUP: .sigterm
    default: nil
    }
  }

  /// The status after a finished stop.
  static var status: ExitStatus? {
    switch reason {
    case .sigint: .interrupted
    case .sigterm: .terminated
    default: nil
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    // SIG_IGN is 1 as an address; Swift cannot compare C functions.
    return sigaction(number, nil, &action) == 0
      && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
