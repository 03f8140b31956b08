/// The frames of a picture track that windows ahead can still ask for.
///
/// Frames come in order of time. One that no slot of the schedule falls on goes at once, so what is held is bounded by
/// the schedule; `limit` bounds it for a hop so small that every frame is asked for.
struct FrameLine<Crop: Sendable> {
  /// A held frame, and whether a window has shown it.
  struct Held {
    var frame: FaceFrame<Crop>
    var used = false
  }

  let schedule: WindowSchedule
  let limit: Int
  private(set) var frames: [Held] = []
  /// The newest frame's time and end; nil before the first.
  private(set) var newest: (time: Instant, end: Instant)?
  /// Frames forgotten because of `limit`.
  private(set) var overflow = 0
  /// Losses, with the times of the frames before and after them.
  private var losses: [(before: Instant, time: Instant, count: Int)] = []

  init(schedule: WindowSchedule, limit: Int) { (self.schedule, self.limit) = (schedule, limit) }

  /// A frame that is not later than the one before is refused; one at the same time takes its place.
  mutating func append(_ frame: FaceFrame<Crop>) {
    if let newest {
      guard frame.time >= newest.time else { return }
      if let last = frames.last?.frame, last.time == newest.time,
        last.time == frame.time || !schedule.wants(last.time..<frame.time)
      {
        frames.removeLast()
      }
    }
    if frame.droppedBefore > 0 {
      losses.append((newest?.time ?? Instant(nanoseconds: .min), frame.time, frame.droppedBefore))
    }
    newest = (frame.time, frame.time.advanced(by: frame.duration))
    frames.append(Held(frame: frame))
    if frames.count > limit {
      overflow += frames.count - limit
      frames.removeFirst(frames.count - limit)
    }
    if losses.count > limit { losses.removeFirst(losses.count - limit) }
  }

  /// Slots at or after `start` are all that will be asked for.
  mutating func forget(before start: Instant) {
    var gone = 0
    while gone < frames.count {
      let (time, isLast) = (frames[gone].frame.time, gone + 1 == frames.count)
      // The newest frame at or before the start can still fill its first slot.
      let isOld = time.distance(to: start) > WindowSchedule.oldestFrame
      guard isOld || (!isLast && frames[gone + 1].frame.time <= start) else { break }
      // The last frame says how far the track has come: `newest` remembers it.
      gone += 1
    }
    frames.removeFirst(gone)
    losses.removeAll { $0.time <= start }
  }

  /// Which held frame falls into each slot: the newest at or before its instant, at most 0.2 s old.
  ///
  /// Marks them as used, and returns how many were not used before.
  mutating func fill(_ slots: [Instant]) -> (frames: [FaceFrame<Crop>?], new: Int) {
    var (found, new, next) = ([FaceFrame<Crop>?](), 0, 0)
    found.reserveCapacity(slots.count)
    for slot in slots {
      while next < frames.count, frames[next].frame.time <= slot { next += 1 }
      guard next > 0, frames[next - 1].frame.time.distance(to: slot) <= WindowSchedule.oldestFrame else {
        found.append(nil)
        continue
      }
      if !frames[next - 1].used {
        frames[next - 1].used = true
        new += 1
      }
      found.append(frames[next - 1].frame)
    }
    return (found, new)
  }

  /// Frames known to be lost after `start` and before the first frame later than `lastSlot`.
  func lost(after start: Instant, lastSlot: Instant) -> Int {
    losses.reduce(0) { $0 + ($1.time > start && $1.before <= lastSlot ? $1.count : 0) }
  }
}
