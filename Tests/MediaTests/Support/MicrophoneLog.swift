import Media
import Signal
import Threading

/// What a microphone told, for a test that waits for it.
final class MicrophoneLog: @unchecked Sendable {
  // @unchecked because `told` changes only while the condition is locked.
  private let condition = Condition()
  private var told: [MicrophoneEvent] = []

  func take(_ event: MicrophoneEvent) {
    condition.locked {
      told.append(event)
      condition.wakeAll()
    }
  }

  var events: [MicrophoneEvent] { condition.locked { told } }
  var sounds: [CapturedAudio] { events.compactMap { if case .sound(let sound) = $0 { sound } else { nil } } }

  /// What was told apart from sound, a word each.
  var words: [String] {
    events.compactMap {
      switch $0 {
      case .opened(let info): "opened \(info.name)"
      case .sound: nil
      case .lost: "lost"
      case .waiting: "waiting"
      case .silent(_, let isSuspended): isSuspended ? "suspended" : "silent"
      case .resumed: "resumed"
      case .finished: "finished"
      }
    }
  }

  /// Waits for the first event that answers yes, from the `skip`-th on.
  func wait(_ seconds: Double, from skip: Int = 0, _ isIt: (MicrophoneEvent) -> Bool) -> MicrophoneEvent? {
    let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
    return condition.locked {
      var seen = skip
      while true {
        while seen < told.count {
          if isIt(told[seen]) { return told[seen] }
          seen += 1
        }
        if !condition.wait(until: deadline) { return nil }
      }
    }
  }

  func waitForSound(_ seconds: Double, from skip: Int = 0) -> Bool {
    wait(seconds, from: skip) { if case .sound = $0 { true } else { false } } != nil
  }
}
