internal import Files
internal import Threading

/// A camera on a thread of its own, for as long as a session lasts: opened when it is there, read, lost, and taken back
/// by its stable name when it returns.
///
/// Nothing ends it but `stop()` and the end of a file. The decisions are `CameraWatch`'s.
public final class CameraKeeper: @unchecked Sendable {
  // @unchecked because everything that changes is behind `condition`, and the pump belongs to the thread.

  private let condition = Condition()
  private var isStopping = false
  private var isDone = false
  private var held = CameraCounters()
  private var rate: Double?
  private var thread: NamedThread?

  /// Starts at once.
  /// - Parameters:
  ///   - wanted: "auto", a node, a stable name, a unique part of a name, or a media file that is to play a camera.
  ///   - mode: what is asked of the camera.
  ///   - sink: called on the camera's thread, in order; it must not be held up. Never called after `stop()`.
  public convenience init(
    wanted: String, mode: CameraRequest = CameraRequest(), sink: @escaping @Sendable (CameraEvent) -> Void
  ) {
    self.init(sink: sink) {
      if isFile(wanted) { return FileCamera(wanted, start: mode.start, loops: mode.loops, track: mode.track) }
      return V4L2Camera(wanted: wanted, request: mode)
    }
  }

  /// - Parameter device: made on the camera's thread.
  init(sink: @escaping @Sendable (CameraEvent) -> Void, device: @escaping @Sendable () -> any CameraDevice) {
    thread = NamedThread("camera") { [self] in run(device(), sink) }
  }

  /// Ends it and waits for its thread, half a second at most: a driver may hang, and its thread is then left to it.
  /// - Returns: whether the thread has ended.
  @discardableResult
  public func stop() -> Bool {
    let deadline = MonotonicClock.now() + 500_000_000
    let ended = condition.locked {
      isStopping = true
      condition.wakeAll()
      while !isDone, condition.wait(until: deadline) {}
      return isDone
    }
    if ended { thread?.join() }
    return ended
  }

  public var counters: CameraCounters { condition.locked { held } }

  /// Frames a second over the last five seconds; nil while there are too few.
  public var measuredRate: Double? { condition.locked { rate } }

  private func run(_ device: any CameraDevice, _ sink: (CameraEvent) -> Void) {
    var pump = CameraPump(device, now: MonotonicClock.now)
    while !condition.locked({ isStopping }) {
      let rest = pump.turn { event in if !condition.locked({ isStopping }) { sink(event) } }
      condition.locked {
        (held, rate) = (pump.watch.counters, pump.watch.measuredRate)
        if case .wait(let deadline) = rest, !isStopping { condition.wait(until: deadline) }
      }
      if rest == .finished { break }
    }
    pump.close()
    condition.locked {
      isDone = true
      condition.wakeAll()
    }
  }
}
