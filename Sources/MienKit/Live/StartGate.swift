package import Recognition

/// Decides when a live session begins: when every wanted device has given data, or when they were waited for long
/// enough. A pure state machine; times are monotonic nanoseconds.
package struct StartGate {
  package enum Verdict: Equatable {
    case wait
    /// Everything from this instant on belongs to the session.
    case begin(zero: Int64)
    /// The session is strict, and these gave nothing.
    case refuse(missing: Set<LiveDevice>)
  }

  /// A camera takes up to a second to its first frame; a program that reads the stream wants its header.
  package static let patience: Int64 = 3_000_000_000
  /// In a strict session a slow device deserves longer before it is called missing.
  package static let strictPatience: Int64 = 6_000_000_000

  /// The session's zero lies no further back.
  package static let oldest: Int64 = 1_000_000_000

  let wanted: Set<LiveDevice>
  /// Missing devices end it instead of being waited for during the session.
  let isStrict: Bool
  let began: Int64
  /// When the first frame was taken, the first sample sounded.
  private var first: [LiveDevice: Int64] = [:]
  private var absent: Set<LiveDevice> = []

  package init(wanted: Set<LiveDevice>, isStrict: Bool, now: Int64) {
    (self.wanted, self.isStrict, began) = (wanted, isStrict, now)
  }

  /// A frame or a stretch of sound of this time came.
  package mutating func delivered(_ device: LiveDevice, time: Int64) {
    if first[device] == nil { first[device] = time }
    absent.remove(device)
  }

  /// It is not there, as its keeper says.
  package mutating func missing(_ device: LiveDevice) { if first[device] == nil { absent.insert(device) } }

  package func verdict(now: Int64) -> Verdict {
    let open = wanted.subtracting(first.keys)
    if open.isEmpty { return .begin(zero: zero(now: now)) }
    let waited = now - began
    if isStrict {
      // A device that is known to be absent will not come in the next seconds either.
      if !open.isDisjoint(with: absent) || waited >= Self.strictPatience { return .refuse(missing: open) }
      return .wait
    }
    return open.isSubset(of: absent) && !first.isEmpty || waited >= Self.patience ? .begin(zero: zero(now: now)) : .wait
  }

  /// Where everything that is there has begun; but what is long past would only be in the way.
  private func zero(now: Int64) -> Int64 { max(first.values.max() ?? now, now - Self.oldest) }
}
