internal import Glibc

/// The system's steady clock (CLOCK_MONOTONIC), in nanoseconds: the one that cameras stamp their frames with.
public enum MonotonicClock {
  /// Nanoseconds of CLOCK_MONOTONIC.
  public static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Waits, but not beyond `deadline`; a signal ends the wait early.
  public static func wait(until deadline: Int64) {
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
  }
}
