/// Decides when a camera is opened, read, given up and tried again, and what is reported. Pure: time is passed in.
struct CameraWatch {
  /// Nanoseconds.
  struct Policy {
    var retry: Int64 = 500_000_000
    /// Streams begin slowly: before this a camera does not count as frozen.
    var firstFrame: Int64 = 4_000_000_000
    /// A camera without a frame for this long counts as frozen; for four frames' time, if that is longer.
    var frozen: Int64 = 1_000_000_000
    /// Some cameras come to life only when they are opened anew.
    var reopen: Int64 = 10_000_000_000
    /// The rate is measured over this time.
    var rate: Int64 = 5_000_000_000
    /// Fractions of the promised rate: below the first the rate is low, from the second on it is normal again.
    var slow = 0.7
    var restored = 0.85
  }

  /// What is to be done next.
  enum Step: Equatable {
    case open
    case read(until: Int64)
    case close
    case wait(until: Int64)
    case finished
  }

  private enum State {
    case closed(retry: Int64)
    case running
    case closing
    case finished
  }

  let policy: Policy
  private(set) var counters = CameraCounters()
  private var state = State.closed(retry: .min)
  private var opening: CameraOpening?
  private var stamps = CaptureStamps()
  private var meter: RateMeter
  /// Of the newest good frame, or of the opening.
  private var alive: Int64 = 0
  private var hasFrame = false
  private var isFrozen = false
  private var toldSlow = false
  private var toldReason: String?

  init(policy: Policy = Policy()) {
    self.policy = policy
    meter = RateMeter(span: policy.rate)
  }

  /// Frames a second over the last seconds; nil while there are too few.
  var measuredRate: Double? { meter.rates?.arrived }

  func step(at now: Int64) -> Step {
    switch state {
    case .closed(let retry): now >= retry ? .open : .wait(until: retry)
    case .running: .read(until: alive + (isFrozen ? policy.reopen : patience))
    case .closing: .close
    case .finished: .finished
    }
  }

  mutating func opened(_ opening: CameraOpening, at now: Int64) -> [CameraEvent] {
    self.opening = opening
    (state, alive, hasFrame, isFrozen) = (.running, now, false, false)
    (toldSlow, toldReason) = (false, nil)
    stamps.reopened()
    meter.reset()
    return [.opened(opening.info, opening.mode)]
  }

  mutating func refused(_ error: MediaError, at now: Int64) -> [CameraEvent] {
    state = .closed(retry: now + policy.retry)
    guard error.description != toldReason else { return [] }
    toldReason = error.description
    return [.waiting(error)]
  }

  mutating func closed(at now: Int64) { state = .closed(retry: now + policy.retry) }

  mutating func read(_ reading: CameraReading, at now: Int64) -> [CameraEvent] {
    switch reading {
    case .frame(let frame): return took(frame, at: now)
    case .nothing: return quiet(at: now)
    case .passedOver:
      counters.passedOver += 1
      return quiet(at: now)
    case .lost(let loss): return lose(loss)
    case .ended:
      state = .finished
      return [.ended]
    }
  }

  /// How long no frame is nothing to speak of.
  private var patience: Int64 {
    guard hasFrame else { return policy.firstFrame }
    let rate = opening?.mode.rate ?? 0
    return max(policy.frozen, rate > 0 ? Int64(4e9 / rate) : 0)
  }

  private mutating func took(_ frame: DeviceFrame, at now: Int64) -> [CameraEvent] {
    guard let mode = opening?.mode else { return [] }
    var events: [CameraEvent] = []
    if isFrozen {
      events.append(.thawed(seconds: Double(now - alive) / 1e9))
      isFrozen = false
      meter.reset()
    }
    (alive, hasFrame) = (now, true)
    let (time, dropped) = stamps.place(frame)
    events.append(
      .frame(
        CapturedFrame(
          index: counters.frames, time: time, sequence: frame.sequence, droppedBefore: dropped, format: mode.format,
          width: mode.width, height: mode.height, bytes: frame.bytes)))
    counters.frames += 1
    counters.dropped += dropped
    counters.restamped = stamps.restamped
    meter.add(time: time, dropped: dropped)
    return events + speed(promised: mode.rate)
  }

  private mutating func speed(promised: Double?) -> [CameraEvent] {
    guard let promised, let rates = meter.rates else { return [] }
    if rates.arrived >= policy.restored * promised { toldSlow = false }
    guard rates.arrived < policy.slow * promised, !toldSlow else { return [] }
    toldSlow = true
    var remedy = opening?.lowLightRemedy
    if rates.sent >= policy.slow * promised {
      let share = Int((100 * (1 - rates.arrived / rates.sent)).rounded())
      remedy =
        "\(share) % of its frames are lost on the way: plug it into another USB port, or ask for a smaller picture"
    }
    return [.slow(measured: rates.arrived, promised: promised, remedy: remedy)]
  }

  private mutating func quiet(at now: Int64) -> [CameraEvent] {
    let silence = now - alive
    if silence >= policy.reopen {
      return lose(.frozen(seconds: Double(silence) / 1e9))
    }
    guard !isFrozen, silence >= patience else { return [] }
    isFrozen = true
    return [.frozen(seconds: Double(silence) / 1e9)]
  }

  private mutating func lose(_ loss: CameraLoss) -> [CameraEvent] {
    state = .closing
    counters.losses += 1
    return [.lost(loss)]
  }
}
