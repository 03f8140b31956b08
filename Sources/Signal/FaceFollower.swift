/// Decides when and where to look for faces, follows them between looks, and says who is in front: one person at most.
///
/// A pure state machine: it never sees a pixel and never reads a clock. For every frame, in order:
///
///     follower.begin(time: t, width: w, height: h, signature: patch)
///     while let search = follower.nextSearch() { follower.found(detect(search)) }
///     let faces = follower.finish(signature: patch)
///
/// Everything is decided by time, never by counting frames, so that 15 and 60 frames a second give the same track.
/// Ids grow and are never used twice. Where two people cannot be told apart (they cross, or one hides the other), an
/// id ends and a new one begins: a wrong id would mix two people in a window, a new one only costs a window.
///
/// Where the picture at a face's place breaks off (a cut, black, someone in between, lost frames), the track is
/// interrupted: it shows nobody from that frame on, until a detection within `hold` looks like the last look that
/// confirmed it. In doubt the face there gets a new id.
///
/// What it does not do: recognise people. Who leaves and comes back gets a new id. A cross-fade between two people is
/// told by the looks of the last half second: up to 0.6 s long if they are 0.45 alike (a man and a woman, measured);
/// a slower one, or one between people more alike than `driftSimilarity`, is not. One person measured 0.92 at least
/// over a whole second, so that speakers are not split.
public struct FaceFollower: Sendable {
  public let choice: FaceChoice
  public let framing: FaceFraming
  public let policy: FaceFollowingPolicy

  /// The faces followed now, oldest first; for tests and overlays.
  public private(set) var tracks: [FaceTrack] = []
  /// Searches asked for so far.
  public private(set) var searches = 0

  private var nextID = 0
  private var size: (width: Int, height: Int) = (0, 0)
  private var now = Instant.zero
  private var lastLook: Instant?
  private var lastWhole: Instant?
  private var plan = SearchPlan()
  private var front: Int?
  private var challenger: (id: Int, since: Instant)?

  public init(choice: FaceChoice, framing: FaceFraming, policy: FaceFollowingPolicy = FaceFollowingPolicy()) {
    (self.choice, self.framing, self.policy) = (choice, framing, policy)
  }

  /// Opens a frame.
  ///
  /// - Parameters:
  ///   - time: when the frame was taken.
  ///   - width: in upright pixels.
  ///   - height: in upright pixels.
  ///   - signature: what the frame looks like in a box (already widened, may reach outside the picture): 16 × 16 luma
  ///     values (0 to 255), row-major, each the mean of its cell; outside the picture, its nearest edge. An empty array
  ///     switches cut detection off.
  public mutating func begin(time: Instant, width: Int, height: Int, signature: (PixelBox) -> [Float] = { _ in [] }) {
    let elapsed = now.distance(to: time)
    now = time
    plan = SearchPlan()
    guard choice != .none else {
      size = (width, height)
      return
    }
    var cut = false
    if size != (width, height) || elapsed < .zero {
      cut = !tracks.isEmpty
      tracks.removeAll()
      (lastLook, lastWhole) = (nil, nil)
      size = (width, height)
    }
    let before = tracks.count
    tracks.removeAll { $0.seen.distance(to: time) > max(policy.hold, policy.memory) }
    cut = cut || tracks.count < before
    for i in tracks.indices where !tracks[i].isInterrupted && tracks[i].seen.distance(to: time) > policy.hold {
      tracks[i].isInterrupted = true
      cut = true
    }
    for i in tracks.indices where !tracks[i].signature.isEmpty {
      let new = signature(tracks[i].box.widened(by: policy.signatureWidth))
      if tracks[i].see(new, elapsed: elapsed, policy: policy) { cut = true }
    }

    let due = isDue(policy.lookInterval, since: lastLook)
    guard due || cut else { return }
    let whole = isDue(policy.wholeInterval, since: lastWhole)
    plan = SearchPlan(tracks: tracks, front: front, whole: whole || cut, width: width, height: height, policy: policy)
    lastLook = time
  }

  /// Where to look next in this frame; nil: no more.
  public mutating func nextSearch() -> FaceSearch? {
    guard let search = plan.next() else { return nil }
    searches += 1
    if case .whole = search { lastWhole = now }
    return search
  }

  /// What the search asked for last has found, in upright source pixels.
  public mutating func found(_ faces: [DetectedFace]) {
    plan.found(faces.filter { $0.isSound && $0.score >= policy.minimumScore })
  }

  /// Closes the frame: who is in front; empty if nobody is.
  public mutating func finish(signature: (PixelBox) -> [Float] = { _ in [] }) -> [FollowedFace] {
    guard choice != .none else {
      let (w, h) = (Double(size.width), Double(size.height))
      let square = FaceSquare(centerX: w / 2, centerY: h / 2, side: min(w, h))
      return [FollowedFace(id: 0, box: PixelBox(x: 0, y: 0, width: w, height: h), square: square)]
    }
    if plan.looked {
      for face in FaceMatching.match(plan.faces, to: &tracks, at: now, policy: policy, signature: signature) {
        tracks.append(FaceTrack(id: nextID, face: face, at: now))
        nextID += 1
      }
    }
    for i in tracks.indices where plan.looked || tracks[i].signature.isEmpty {
      tracks[i].signature = signature(tracks[i].box.widened(by: policy.signatureWidth))
      if tracks[i].seen == now { tracks[i].confirm(policy: policy) }
    }
    chooseFront()
    guard let track = tracks.first(where: { $0.id == front && !$0.isInterrupted }) else { return [] }
    return [FollowedFace(id: track.id, box: track.box, square: track.square(framing))]
  }

  /// Looks fall on a grid of time, so that their mean rate is the same at any frame rate.
  private func isDue(_ interval: Instant, since last: Instant?) -> Bool {
    guard let last else { return true }
    // Frame times are rounded to container ticks; a millisecond keeps 30 frames a second on every third frame.
    let slack: Int64 = 1_000_000
    let (a, b) = (last.nanoseconds + slack, now.nanoseconds + slack)
    return a.flooredQuotient(by: interval.nanoseconds) != b.flooredQuotient(by: interval.nanoseconds)
  }

  private mutating func chooseFront() {
    let shown = tracks.filter { !$0.isInterrupted }
    guard let best = shown.max(by: { prominence($0) < prominence($1) }) else {
      // Whoever was in front may come back after a flash.
      if !tracks.contains(where: { $0.id == front }) { front = nil }
      challenger = nil
      return
    }
    guard let current = shown.first(where: { $0.id == front }) else {
      (front, challenger) = (best.id, nil)
      return
    }
    guard best.id != current.id, prominence(best) > policy.beats * prominence(current) else {
      challenger = nil
      return
    }
    if challenger?.id != best.id { challenger = (best.id, now) }
    if let challenger, challenger.since.distance(to: now) >= policy.beatsFor {
      (front, self.challenger) = (challenger.id, nil)
    }
  }

  /// How much a face is in front: its area, or its nearness to the middle of the picture.
  private func prominence(_ track: FaceTrack) -> Double {
    let box = track.box
    guard choice == .center else { return box.width * box.height }
    let (w, h) = (Double(size.width), Double(size.height))
    let (dx, dy) = (box.x + box.width / 2 - w / 2, box.y + box.height / 2 - h / 2)
    return 1 / ((dx * dx + dy * dy).squareRoot() / w + 0.05)
  }
}
