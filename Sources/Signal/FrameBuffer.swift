/// Buffers the frames of a video track that future windows may need.
///
/// Frames come in order of time. A frame that no slot of the schedule needs is discarded at once, so the schedule bounds
/// the buffer. `limit` bounds it for a hop so small that every frame is needed.
struct FrameBuffer<Crop: Sendable> {
  /// The numbers of a held frame that are compared for every new frame. They are stored apart from the frames, because
  /// generic values are slow to touch.
  private struct Held {
    var time: Instant
    /// A window has shown it.
    var used = false
  }

  let schedule: WindowSchedule
  let limit: Int
  private var frames: [FaceFrame<Crop>] = []
  private var held: [Held] = []
  /// The newest frame's time and end; nil before the first.
  private(set) var newest: (time: Instant, end: Instant)?
  /// Frames up to this instant have arrived, or are no longer accepted.
  private(set) var passed = Instant(nanoseconds: .min)
  /// Frames discarded because of `limit`.
  private(set) var overflow = 0
  /// Frames refused since the last accepted one, and frames lost before them. For windows both are lost frames.
  private var refused = 0
  /// Losses, with the times of the frames after them.
  private var losses: [(time: Instant, count: Int)] = []

  init(schedule: WindowSchedule, limit: Int) { (self.schedule, self.limit) = (schedule, limit) }

  /// Frames held.
  var count: Int { held.count }

  /// From now on frames at or before `instant` are refused.
  mutating func pass(to instant: Instant) { passed = max(passed, instant) }

  /// A frame that is earlier than the one before, or that the track has passed, is refused; one at the same time takes
  /// its place.
  /// - Returns: whether it was accepted.
  mutating func append(_ frame: FaceFrame<Crop>) -> Bool {
    guard frame.time > passed, frame.time >= newest?.time ?? frame.time else {
      refused += 1 + max(frame.droppedBefore, 0)
      return false
    }
    if let newest {
      if let last = held.last?.time, last == newest.time,
        last == frame.time || !schedule.wants(last..<frame.time)
      {
        frames.removeLast()
        held.removeLast()
      }
    }
    let lost = refused + max(frame.droppedBefore, 0)
    refused = 0
    if lost > 0 { losses.append((frame.time, lost)) }
    newest = (frame.time, frame.time.advanced(by: frame.duration))
    frames.append(frame)
    held.append(Held(time: frame.time))
    if count > limit {
      overflow += count - limit
      drop(count - limit)
    }
    if losses.count > limit { losses.removeFirst(losses.count - limit) }
    return true
  }

  /// Slots at or after `start` are all that will be asked for.
  mutating func forget(before start: Instant) {
    var gone = 0
    while gone < held.count {
      // The newest frame at or before the start can still fill its first slot. The last frame may go, too: `newest`
      // remembers how far the track has come.
      let isOld = held[gone].time.distance(to: start) > WindowSchedule.oldestFrame
      guard isOld || (gone + 1 < held.count && held[gone + 1].time <= start) else { break }
      gone += 1
    }
    if gone > 0 { drop(gone) }
    if !losses.isEmpty { losses.removeAll { $0.time <= start } }
  }

  private mutating func drop(_ count: Int) {
    frames.removeFirst(count)
    held.removeFirst(count)
  }

  /// Which held frame falls into each slot: the newest at or before its instant, at most 0.2 s old.
  ///
  /// Marks them as used, and returns how many were not used before.
  mutating func fill(_ slots: [Instant]) -> (frames: [FaceFrame<Crop>?], new: Int) {
    var (found, new, next) = ([FaceFrame<Crop>?](), 0, 0)
    found.reserveCapacity(slots.count)
    for slot in slots {
      while next < held.count, held[next].time <= slot { next += 1 }
      guard next > 0, held[next - 1].time.distance(to: slot) <= WindowSchedule.oldestFrame else {
        found.append(nil)
        continue
      }
      if !held[next - 1].used {
        held[next - 1].used = true
        new += 1
      }
      found.append(frames[next - 1])
    }
    return (found, new)
  }

  /// Frames known to be lost before frames in (`start`, `lastSlot`]. A loss after the last of these the next window tells:
  /// nobody knows of it before a later frame comes, which a live window does not wait for without end.
  func lost(after start: Instant, lastSlot: Instant) -> Int {
    losses.reduce(0) { $0 + ($1.time > start && $1.time <= lastSlot ? $1.count : 0) }
  }
}
