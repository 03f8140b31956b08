internal import Files
internal import Glibc
public import Recognition
internal import Threading

/// The stream for other processes: any number of readers get what holds when they come (the header, the statuses that
/// still hold, the last result), then every line from then on.
///
/// One thread serves all of them with sockets that never wait. A reader that does not read gets a note and is dropped;
/// neither the other readers nor the writer of the stream notice.
public final class Broadcaster: Sendable {
  /// How many readers came, were refused, and were dropped.
  public struct Counters: Sendable, Hashable {
    /// Readers that came; those turned away (too many, a wrong token, unasked bytes); those dropped because too many
    /// lines waited for them; those that are there now.
    public var accepted = 0
    public var refused = 0
    public var stalled = 0
    public var connected = 0
  }

  /// Where it listens, with the ports that were chosen.
  public let addresses: [ListenAddress]
  private let loop: BroadcastLoop
  private let thread: NamedThread

  /// - Parameters:
  ///   - addresses: where readers connect.
  ///   - token: what readers must say first; without one only addresses of this machine are allowed.
  ///   - limits: how many lines and bytes may wait for one reader.
  ///   - readers: how many there may be at a time.
  ///   - log: gets one line where a reader is turned away or dropped, on the broadcaster's thread.
  /// - Throws: `OutletError`.
  public init(
    _ addresses: [ListenAddress], token: ListenToken? = nil, limits: LineLimits = .reader, readers: Int = 64,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    if token == nil, let open = addresses.first(where: { !$0.isLocal }) {
      throw OutletError(
        .usage, "\(open) can be reached from other machines: give --listen-token TOKEN, or listen on 127.0.0.1")
    }
    let sockets = try addresses.map { try ListenSocket($0) }
    self.addresses = sockets.map(\.address)
    let loop = try BroadcastLoop(sockets, token: token, limits: limits, most: readers, log: log)
    self.loop = loop
    thread = NamedThread("mien-listen") { loop.run() }
  }

  /// Never waits.
  public func send(_ line: StreamLine) { loop.send(line) }

  public var counters: Counters { loop.counters }

  /// Takes no more readers, writes what waits for as long as given, then closes everything and removes its files. To be
  /// called once, by the owner.
  public func finish(within seconds: Double) {
    loop.finish(until: MonotonicClock.now() + Int64(seconds * 1e9))
    thread.join()
  }
}

extension Broadcaster: LiveOutput {
  /// Hands the line to every reader. Never waits.
  public func receive(_ event: StreamEvent, _ line: () -> StreamLine) { send(line()) }

  /// Readers get a second.
  public func finish() { finish(within: 1) }
}
