package import Media
package import Recognition
package import Signal
internal import Threading

/// What both devices give, handed on to whoever takes it once the session has begun. A carrier: `StartGate` and
/// `DeviceReports` decide.
///
/// Devices are opened before anybody knows when the session begins; what they give before its zero belongs to nobody.
package final class CaptureHub: @unchecked Sendable {
  // @unchecked because everything below changes only while `condition` is locked.

  /// Whoever takes it; called while the hub is locked, so in order, and must not block.
  package struct Receiver: Sendable {
    /// `index` counts the session's frames from 0.
    var frame: @Sendable (CapturedFrame) -> Void
    var sound: @Sendable (CapturedAudio) -> Void
    var report: @Sendable (LiveDevice, DeviceReports.Report) -> Void

    package init(
      frame: @escaping @Sendable (CapturedFrame) -> Void, sound: @escaping @Sendable (CapturedAudio) -> Void,
      report: @escaping @Sendable (LiveDevice, DeviceReports.Report) -> Void
    ) { (self.frame, self.sound, self.report) = (frame, sound, report) }
  }

  /// What is known of a device so far.
  package struct Devices: Sendable {
    package var camera: (info: CameraInfo, mode: CameraMode)?
    package var microphone: MicrophoneInfo?
    /// Why it is not there.
    package var trouble: [LiveDevice: MediaError] = [:]
    package var hasEnded: Set<LiveDevice> = []
  }

  private enum Item {
    case frame(CapturedFrame)
    case sound(CapturedAudio)
    case report(LiveDevice, DeviceReports.Report)
  }

  /// What comes while the session is being set up, three seconds of it; the oldest goes.
  private static let early = 256

  private let condition = Condition()
  private var gate: StartGate
  private var known = Devices()
  private var camera = DeviceReports(.camera)
  private var microphone = DeviceReports(.microphone)
  private var zero: Int64?
  private var waiting: [Item] = []
  private var receiver: Receiver?
  private var frames = 0

  init(gate: StartGate) { self.gate = gate }

  package var devices: Devices { condition.locked { known } }

  func take(_ event: CameraEvent) {
    condition.locked {
      switch event {
      case .opened(let info, let mode):
        known.camera = (info, mode)
        known.trouble[.camera] = nil
      case .waiting(let error):
        known.trouble[.camera] = error
        gate.missing(.camera)
      case .ended: known.hasEnded.insert(.camera)
      case .frame(let frame):
        gate.delivered(.camera, time: frame.time)
        hand(on: .frame(frame))
      default: break
      }
      for report in camera.reports(of: event) { hand(on: .report(.camera, report)) }
      condition.wakeAll()
    }
  }

  func take(_ event: MicrophoneEvent) {
    condition.locked {
      switch event {
      case .opened(let info):
        known.microphone = info
        known.trouble[.microphone] = nil
      case .waiting(let error):
        known.trouble[.microphone] = error
        gate.missing(.microphone)
      case .finished: known.hasEnded.insert(.microphone)
      case .sound(let sound):
        gate.delivered(.microphone, time: sound.time)
        hand(on: .sound(sound))
      default: break
      }
      for report in microphone.reports(of: event) { hand(on: .report(.microphone, report)) }
      condition.wakeAll()
    }
  }

  /// What the gate says; waits for news for a tenth of a second at most.
  func verdict() -> StartGate.Verdict {
    condition.locked {
      let verdict = gate.verdict(now: MonotonicClock.now())
      if verdict == .wait { condition.wait(until: MonotonicClock.now() + 100_000_000) }
      if case .begin(let zero) = verdict { self.zero = zero }
      return verdict
    }
  }

  /// From here on everything goes to the receiver, beginning with what came since the session's zero.
  package func begin(_ receiver: Receiver) {
    condition.locked {
      self.receiver = receiver
      let items = waiting
      waiting = []
      for item in items { hand(on: item) }
    }
  }

  /// The session is over, and its receiver is let go. Nothing comes any more: the devices have been stopped.
  func end() { condition.locked { receiver = nil } }

  private func hand(on item: Item) {
    guard let receiver else {
      waiting.append(item)
      if waiting.count > Self.early {
        // Reports are few and must be heard.
        if let oldest = waiting.firstIndex(where: { if case .report = $0 { false } else { true } }) {
          waiting.remove(at: oldest)
        }
      }
      return
    }
    // Set before the receiver, as `begin` follows a verdict.
    guard let zero else { return }
    switch item {
    case .frame(var frame):
      guard frame.time >= zero else { return }
      frame.index = frames
      frames += 1
      receiver.frame(frame)
    case .sound(let sound): if sound.time >= zero { receiver.sound(sound) }
    case .report(let device, let report): receiver.report(device, report)
    }
  }
}
