internal import Glibc
public import Recognition
internal import Threading

/// Draws a meter in place, ten times a second at most, on a thread of its own: a terminal that is held (Ctrl-S) holds
/// nobody else up.
public final class MeterTerminal: LiveOutput {
  private let state: State
  private let thread: NamedThread

  /// nil where nothing can be drawn in place: no terminal, or TERM is `dumb` or not set. Lines are for those.
  /// - Parameters:
  ///   - descriptor: stays open and the caller's.
  ///   - environment: where TERM and the like are looked up.
  public init?(descriptor: Int32, environment: [String: String]) {
    guard isatty(descriptor) == 1, let term = environment["TERM"], !term.isEmpty, term != "dumb" else { return nil }
    let state = State(descriptor, environment)
    self.state = state
    thread = NamedThread("mien-meter") { state.run() }
  }

  /// Shows the event with the next drawing. Never waits.
  public func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
    let now = MonotonicClock.now()
    state.condition.locked { state.meter.receive(event, now: now) }
  }

  /// Never waits.
  public func show(_ gauges: Meter.Gauges) { state.condition.locked { state.meter.gauges = gauges } }

  /// Leaves the last state and a one-line summary; gives up after a second on a terminal that is held.
  public func finish() {
    let deadline = MonotonicClock.now() + 1_000_000_000
    let isDone = state.condition.locked {
      state.isFinishing = true
      state.condition.wakeAll()
      while !state.isDone, state.condition.wait(until: deadline) {}
      return state.isDone
    }
    // A terminal that is held keeps its thread.
    if isDone { thread.join() }
  }

  private final class State: @unchecked Sendable {
    // @unchecked because the variables change only while `condition` is locked.

    let condition = Condition()
    var meter = Meter(now: MonotonicClock.now())
    var isFinishing = false
    var isDone = false
    private let descriptor: Int32
    private let environment: [String: String]

    init(_ descriptor: Int32, _ environment: [String: String]) {
      (self.descriptor, self.environment) = (descriptor, environment)
    }

    func run() {
      SocketSystem.blockPipeSignal()
      var screen = MeterScreen()
      var isLast = false
      var isWritable = true
      while !isLast && isWritable {
        let now = MonotonicClock.now()
        let size = Self.size(descriptor)
        let style = MeterStyle(width: size.width, height: size.height, environment: environment)
        let lines = condition.locked {
          isLast = isFinishing
          return meter.text(style, now: now) + (isLast ? [meter.summary(now: now)] : [])
        }
        isWritable = put(screen.draw(lines, width: size.width))
        condition.locked {
          while isWritable, !isLast, !isFinishing, condition.wait(until: now + 100_000_000) {}
        }
      }
      condition.locked {
        isDone = true
        condition.wakeAll()
      }
    }

    private func put(_ text: String) -> Bool {
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let n = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if n > 0 {
          rest = rest.dropFirst(n)
        } else if errno == EAGAIN {
          var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&wanted, 1, 100)
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }

    private static func size(_ descriptor: Int32) -> (width: Int, height: Int) {
      var size = winsize()
      let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
      return isKnown ? (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24) : (80, 24)
    }
  }
}
