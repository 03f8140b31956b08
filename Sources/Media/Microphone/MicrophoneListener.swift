internal import Signal
internal import Threading

/// Keeps one microphone of the sound server, on the thread that calls `run()`.
///
/// libpulse's thread only puts fragments into a queue, so neither a slow sink nor a lost server holds up the other.
/// Decisions are `MicrophoneWatch`'s, times are `AudioClock`'s.
final class MicrophoneListener: @unchecked Sendable {
  // @unchecked because `kept` changes only while the condition is locked; the rest is constant.

  private struct Letter: Sendable {
    /// Which opening it is from.
    var opening: Int
    var report: PulseMicrophone.Report
  }

  private let wanted: String
  private let server: String?
  private let sink: @Sendable (MicrophoneEvent) -> Void
  // 80 s of fragments; the few reports that are not sound are never refused.
  private let inbox = BoundedQueue<Letter>(capacity: 4096, policy: .refuseNewest) {
    if case .fragment = $0.report { 1 } else { 0 }
  }
  private let condition = Condition()
  private var kept = MicrophoneKeeper.Counters()

  init(wanted: String, server: String?, sink: @escaping @Sendable (MicrophoneEvent) -> Void) {
    (self.wanted, self.server, self.sink) = (wanted, server, sink)
  }

  var counters: MicrophoneKeeper.Counters {
    var counters = condition.locked { kept }
    counters.dropped = inbox.counters.dropped
    return counters
  }

  /// `run()` gives what has come, and returns.
  func stop() { inbox.close() }

  func run() {
    var watch = MicrophoneWatch(wanted: wanted, now: MonotonicClock.now())
    var clock = AudioClock()
    var microphone: PulseMicrophone?
    var opening = 0

    func give(_ placed: [CapturedAudio]) {
      for sound in placed { sink(.sound(sound)) }
      condition.locked { (kept.clock, kept.ppm) = (clock.counters, clock.ppm) }
    }
    func perform(_ actions: [MicrophoneWatch.Action]) {
      for action in actions {
        switch action {
        case .open(let choice):
          opening += 1
          let (inbox, number) = (inbox, opening)
          microphone = PulseMicrophone(choice, server: server) {
            inbox.push(Letter(opening: number, report: $0)).isEmpty
          }
        case .close:
          microphone?.close()
          microphone = nil
          give(clock.interrupt())
        case .tell(let event): sink(event)
        }
      }
    }
    func take(_ report: PulseMicrophone.Report) {
      let now = MonotonicClock.now()
      switch report {
      case .opened(let info): perform(watch.opened(info, now))
      case .fragment(let samples, let stamp, let loss):
        perform(watch.heard(now))
        give(clock.place(samples, stamp: stamp, loss: loss))
      case .suspended(let isSuspended): watch.suspended(isSuspended)
      case .missing(let error): perform(watch.missing(error, now))
      case .ended(let error): perform(watch.failed(error, now))
      }
    }

    loop: while true {
      switch inbox.pop(until: watch.deadline) {
      case .element(let letter): if letter.opening == opening, microphone != nil { take(letter.report) }
      case .timeout: break
      case .closed: break loop
      }
      perform(watch.tick(MonotonicClock.now()))
    }
    microphone?.close()
    give(clock.interrupt())
  }
}
