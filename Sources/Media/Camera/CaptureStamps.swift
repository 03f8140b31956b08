/// Computes the times and losses of one camera's frames from what its driver reports. Pure.
struct CaptureStamps {
  /// Frames whose stamp was replaced.
  private(set) var restamped = 0
  private var last: (time: Int64, sequence: UInt32)?
  private var follows = false

  /// Called when the driver starts its count again.
  mutating func reopened() { follows = false }

  /// - Returns: when the frame was taken, later than the one before; and how many are missing in between.
  mutating func place(_ frame: DeviceFrame) -> (time: Int64, droppedBefore: Int) {
    var time = frame.arrival
    // A stamp from the future or from long ago is not this clock's, whatever the driver's flag says.
    if let stamp = frame.stamp, stamp <= frame.arrival + 5_000_000, stamp > frame.arrival - 5_000_000_000 {
      time = stamp
    } else {
      restamped += 1
    }
    if let last, time <= last.time {
      if time == frame.stamp { restamped += 1 }
      time = max(frame.arrival, last.time + 1000)
    }
    var dropped = 0
    if follows, let last {
      // Some drivers always say 0, and the number wraps: only a small step forward is a gap.
      let step = frame.sequence &- last.sequence
      if step > 1, step < 100_000 { dropped = Int(step) - 1 }
    }
    last = (time, frame.sequence)
    follows = true
    return (time, dropped)
  }
}
