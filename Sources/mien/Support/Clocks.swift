import Glibc
import Recognition

/// The system's steady clock.
struct SteadyClock: SessionClock {
  func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// A signal ends the wait early.
  func wait(until deadline: Int64) {
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
  }
}

/// Now, as ISO 8601 in UTC with milliseconds.
func wallTime() -> String {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  var parts = tm()
  gmtime_r(&time.tv_sec, &parts)
  var text = [CChar](repeating: 0, count: 32)
  let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S", &parts)
  let milliseconds = "\(time.tv_nsec / 1_000_000)"
  let zeros = String(repeating: "0", count: 3 - milliseconds.count)
  return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) + ".\(zeros)\(milliseconds)Z"
}
