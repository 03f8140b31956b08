internal import Glibc
public import Recognition
internal import Threading

/// The system's steady clock.
public struct SteadyClock: SessionClock {
  public init() {}

  /// Nanoseconds of CLOCK_MONOTONIC.
  public func now() -> Int64 { MonotonicClock.now() }
  /// Waits until `deadline`, in nanoseconds of CLOCK_MONOTONIC.
  public func wait(until deadline: Int64) { MonotonicClock.wait(until: deadline) }
}

/// Now, as ISO 8601 in UTC with milliseconds.
package func wallTime() -> String {
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
