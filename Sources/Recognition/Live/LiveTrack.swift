internal import Signal

/// How long windows wait for one device: its state, and when it last gave something. Time is passed in.
struct LiveTrack {
  private enum State {
    /// The session does without.
    case absent
    /// Nobody can say when something will come.
    case gone
    case open
  }

  private let lateness: Int64
  private let policy: LivePolicy
  private var state: State
  /// It was taken away while it was open, so what still comes was on its way.
  private var isLost = false
  private var lastArrival = Int64.min
  /// The track was declared to have passed this.
  private(set) var passed = Instant(nanoseconds: .min)

  init(exists: Bool, lateness: Int64, policy: LivePolicy) {
    (self.lateness, self.policy) = (lateness, policy)
    state = exists ? .gone : .absent
  }

  var isAbsent: Bool { state == .absent }

  mutating func change(_ change: LiveDevice.Change, now: Int64) {
    guard state != .absent else { return }
    switch change {
    case .opened, .back: (state, lastArrival, isLost) = (.open, now, false)
    case .waiting, .frozen: (state, isLost) = (.gone, false)
    case .lost: (state, isLost) = (.gone, true)
    }
  }

  /// Something came.
  mutating func arrived(now: Int64) {
    lastArrival = now
    if state == .gone, !isLost { state = .open }
  }

  /// When windows stop waiting for what this device should have given by `target`; nil: they need not wait.
  func due(_ target: Instant, zero: Int64) -> Int64? {
    guard passed < target else { return nil }
    let target = zero + target.nanoseconds
    switch state {
    case .absent: return nil
    case .gone: return target + policy.goneLateness
    case .open:
      let stalled = lastArrival + policy.patience
      return max(target + lateness, min(stalled, target + policy.patience))
    }
  }

  mutating func pass(to instant: Instant) { passed = max(passed, instant) }
}
