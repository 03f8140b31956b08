internal import Glibc

/// System calls whose C shape does not suit Swift.
enum SocketSystem {
  /// Blocks SIGPIPE in this thread: a reader that goes away must give an error number, not end the process. A signal that is
  /// blocked in the thread that causes it stays with that thread.
  static func blockPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// As write(2), but never waits for a socket. Negative: see errno.
  static func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes {
      let n = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
      return n < 0 && errno == ENOTSOCK ? Glibc.write(descriptor, $0.baseAddress, $0.count) : n
    }
  }

  /// Neither waits nor is inherited by programs that we start.
  static func configure(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}
