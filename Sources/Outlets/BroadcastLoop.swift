internal import Files
internal import Glibc
internal import Threading

/// The broadcaster's thread: moves bytes between sockets and the states of their readers.
final class BroadcastLoop: @unchecked Sendable {
  // @unchecked because `inbox`, `deadline` and `counted` change only while `condition` is locked, and the rest belongs to
  // the thread that runs `run()`.

  private let condition = Condition()
  private var inbox: [StreamLine] = []
  private var deadline: Int64?
  private var counted = Broadcaster.Counters()

  private var sockets: [ListenSocket]
  private var readers: [(descriptor: Int32, state: ReaderState, hears: Bool)] = []
  private var state = StreamState()
  private let token: ListenToken?
  private let limits: LineLimits
  private let most: Int
  private let log: @Sendable (String) -> Void
  /// Until when nobody is taken in, because the system has no descriptor left.
  private var restsUntil: Int64 = 0
  /// A pipe that wakes poll(2).
  private let bell: (reads: Int32, rings: Int32)

  init(
    _ sockets: [ListenSocket], token: ListenToken?, limits: LineLimits, most: Int,
    log: @escaping @Sendable (String) -> Void
  ) throws {
    (self.sockets, self.token, self.limits, self.most, self.log) = (sockets, token, limits, most, log)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw OutletError(.unavailable, "cannot listen: pipe: \(SocketSystem.message(errno))")
    }
    bell = (ends[0], ends[1])
    for end in ends { SocketSystem.configure(end) }
  }

  deinit {
    for reader in readers { close(reader.descriptor) }
    close(bell.reads)
    close(bell.rings)
  }

  var counters: Broadcaster.Counters { condition.locked { counted } }

  func send(_ line: StreamLine) {
    // The inbox needs no bound of its own: the thread never waits for a reader, and each reader's backlog has one.
    condition.locked { inbox.append(line) }
    ring()
  }

  func finish(until deadline: Int64) {
    condition.locked { self.deadline = deadline }
    ring()
  }

  private func ring() {
    var one: UInt8 = 1
    // A full pipe has woken poll(2) already.
    _ = write(bell.rings, &one, 1)
  }

  func run() {
    var isFinishing = false
    while true {
      let (lines, deadline) = condition.locked {
        defer { inbox.removeAll(keepingCapacity: true) }
        return (inbox, self.deadline)
      }
      let now = MonotonicClock.now()
      for line in lines {
        state.receive(line)
        for i in readers.indices { append(line, to: i, now: now) }
      }
      if let deadline, !isFinishing {
        isFinishing = true
        // Removes the files, so that nobody connects any more.
        sockets = []
        for i in readers.indices { readers[i].state.finish(until: deadline) }
      }
      for i in readers.indices {
        readers[i].state.pass(now)
        flush(i)
      }
      sweep()
      if isFinishing && readers.isEmpty { return }
      wait()
    }
  }

  private func append(_ line: StreamLine, to i: Int, now: Int64) {
    let hadStalled = readers[i].state.hasStalled
    // What the socket has room for does not count as waiting.
    flush(i)
    readers[i].state.append(line, now: now)
    if readers[i].state.hasStalled && !hadStalled {
      condition.locked { counted.stalled += 1 }
      log("a reader of --listen is dropped: it does not read")
    }
  }

  private func wait() {
    var wanted = [pollfd(fd: bell.reads, events: Int16(POLLIN), revents: 0)]
    let rest = restsUntil > MonotonicClock.now() ? restsUntil : nil
    for socket in sockets {
      wanted.append(pollfd(fd: socket.descriptor, events: rest == nil ? Int16(POLLIN) : 0, revents: 0))
    }
    for reader in readers {
      let events = (reader.hears ? POLLIN : 0) | (reader.state.wantsToWrite ? POLLOUT : 0)
      wanted.append(pollfd(fd: reader.descriptor, events: Int16(events), revents: 0))
    }
    let next = (readers.map(\.state.deadline) + [rest]).compactMap { $0 }.min()
    let wait = next.map { Int32(min(max(0, $0 - MonotonicClock.now()) / 1_000_000 + 1, 60_000)) } ?? -1
    guard poll(&wanted, nfds_t(wanted.count), wait) > 0 else { return }
    var rings = [UInt8](repeating: 0, count: 4096)
    if wanted[0].revents != 0 { _ = read(bell.reads, &rings, rings.count) }
    let (first, known) = (1 + sockets.count, readers.count)
    for i in 0..<known where wanted[first + i].revents != 0 { hear(i, wanted[first + i].revents) }
    for (i, socket) in sockets.enumerated() where wanted[1 + i].revents != 0 { welcome(socket) }
  }

  private func welcome(_ socket: ListenSocket) {
    while let descriptor = socket.accept() {
      let now = MonotonicClock.now()
      var reader = ReaderState(limits: limits, token: token, now: now)
      let isOneTooMany = token == nil && readers.count >= most
      condition.locked {
        counted.accepted += 1
        if isOneTooMany { counted.refused += 1 }
      }
      if isOneTooMany {
        reader.refuse("\(most) readers are there already", now: now)
        // One line fits into a new socket; a crowd must not hold descriptors while it does not read.
        _ = SocketSystem.write(descriptor, reader.pending)
        close(descriptor)
        log("a reader of --listen is turned away: \(most) are there already")
      } else {
        reader.welcome(state.lines)
        makePlace()
        readers.append((descriptor, reader, true))
      }
    }
    // The one who waits would wake poll(2) at once, again and again.
    if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { restsUntil = MonotonicClock.now() + Self.rest }
  }

  private static let rest: Int64 = 500_000_000

  /// Where a token is needed, those without it must not keep others out: there are places for them too, and the one who
  /// has been there longest leaves.
  private func makePlace() {
    let outside = readers.indices.filter { readers[$0].state.phase != .open && readers[$0].state.phase != .closed }
    guard token != nil, outside.count >= most else { return }
    func isLeaving(_ i: Int) -> Bool { if case .closing = readers[i].state.phase { true } else { false } }
    if let leaving = outside.first(where: isLeaving) {
      readers[leaving].state.close()
      return
    }
    readers[outside[0]].state.close()
    condition.locked { counted.refused += 1 }
    log("a reader of --listen is turned away: it has said no token, and others wait")
  }

  private func hear(_ i: Int, _ events: Int16) {
    let mask = Int32(events)
    if mask & (POLLERR | POLLNVAL) != 0 || (mask & POLLHUP != 0 && mask & POLLIN == 0) {
      readers[i].state.close()
      return
    }
    guard readers[i].hears, mask & (POLLIN | POLLHUP) != 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 512)
    let n = recv(readers[i].descriptor, &bytes, bytes.count, 0)
    if n > 0 {
      let before = readers[i].state.phase
      readers[i].state.receive(bytes[..<n], state: state.lines, now: MonotonicClock.now())
      if before != .open, readers[i].state.phase == .open, readers.count(where: { $0.state.phase == .open }) > most {
        readers[i].hears = false
        readers[i].state.refuse("\(most) readers are there already", now: MonotonicClock.now())
        condition.locked { counted.refused += 1 }
        log("a reader of --listen is turned away: \(most) are there already")
      } else if case .closing = readers[i].state.phase, before != readers[i].state.phase {
        readers[i].hears = false
        condition.locked { counted.refused += 1 }
        log("a reader of --listen is turned away: a wrong token, or it sent what it was not asked for")
      }
    } else if n == 0 {
      // It will say no more but may go on reading; without its token it has nothing to read.
      readers[i].hears = false
      if case .awaitingToken = readers[i].state.phase { readers[i].state.close() }
      if mask & POLLHUP != 0 { readers[i].state.close() }
    } else if errno != EAGAIN && errno != EINTR {
      readers[i].state.close()
    }
  }

  private func flush(_ i: Int) {
    while readers[i].state.phase != .closed, readers[i].state.wantsToWrite {
      let n = SocketSystem.write(readers[i].descriptor, readers[i].state.pending)
      if n > 0 {
        readers[i].state.wrote(n)
      } else if errno != EINTR {
        if errno != EAGAIN { readers[i].state.close() }
        return
      }
    }
  }

  private func sweep() {
    for reader in readers where reader.state.phase == .closed {
      // Closing a TCP socket that holds unread bytes would take the last line back from the reader.
      var rest = [UInt8](repeating: 0, count: 4096)
      _ = recv(reader.descriptor, &rest, rest.count, 0)
      close(reader.descriptor)
    }
    readers.removeAll { $0.state.phase == .closed }
    condition.locked { counted.connected = readers.count }
  }
}
