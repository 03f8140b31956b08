internal import Glibc

/// One face followed over time: its last detection, smoothed.
public struct FaceTrack: Hashable, Sendable {
  public let id: Int
  /// When a look saw it last.
  public internal(set) var seen: Instant
  /// The smoothed box.
  public internal(set) var box: PixelBox
  /// Smoothed eyes: middle, distance, angle; only with landmarks.
  var eyes: (x: Double, y: Double, distance: Double, angle: Double)? {
    get { eyeValues.map { ($0[0], $0[1], $0[2], $0[3]) } }
    set { eyeValues = newValue.map { [$0.x, $0.y, $0.distance, $0.angle] } }
  }
  private var eyeValues: [Double]?
  /// Where the last detection was, unsmoothed: matching must not lag.
  var place: PixelBox
  /// Whether the last look that could have seen it did.
  var isFresh = true
  /// The picture at its place broke off since a look confirmed it: nobody is there until a detection proves the same.
  public internal(set) var isInterrupted = false
  /// What the picture looked like around the box in the last frame; empty: unknown.
  var signature: [Float] = []
  /// The same in the frames of the last looks that found it, oldest first.
  private(set) var confirmed: [Look] = []

  struct Look: Hashable, Sendable {
    var time: Instant
    var signature: [Float]
  }

  init(id: Int, face: DetectedFace, at time: Instant) {
    (self.id, seen, box, place) = (id, time, face.box, face.box)
    eyes = face.eyes.map(Self.measure)
  }

  /// Moves towards a detection: an exponential filter in time, so the number of looks does not matter.
  mutating func update(_ face: DetectedFace, at time: Instant, policy: FaceFollowingPolicy) {
    let elapsed = Double(seen.distance(to: time).nanoseconds) / 1e9
    let position = 1 - exp(-elapsed / policy.positionTime)
    let size = 1 - exp(-elapsed / policy.sizeTime)
    let angle = 1 - exp(-elapsed / policy.angleTime)
    let (cx, cy) = (box.centerX, box.centerY)
    let (width, height) = (
      box.width + size * (face.box.width - box.width), box.height + size * (face.box.height - box.height)
    )
    box = PixelBox(
      x: cx + position * (face.box.centerX - cx) - width / 2, y: cy + position * (face.box.centerY - cy) - height / 2,
      width: width, height: height)
    if let new = face.eyes.map(Self.measure) {
      if let old = eyes {
        eyes = (
          old.x + position * (new.x - old.x), old.y + position * (new.y - old.y),
          old.distance + size * (new.distance - old.distance),
          old.angle + angle * remainder(new.angle - old.angle, 2 * .pi)
        )
      } else {
        eyes = new
      }
    } else {
      eyes = nil
    }
    (place, seen, isFresh, isInterrupted) = (face.box, time, true, false)
  }

  /// Remembers the signature of a frame in which a look found it.
  mutating func confirm(policy: FaceFollowingPolicy) {
    guard !signature.isEmpty else { return }
    confirmed.removeAll { $0.time.distance(to: seen) > policy.driftTime }
    confirmed.append(Look(time: seen, signature: signature))
  }

  /// The picture at the held place in a new frame; true: it broke off (again), so a look is due.
  mutating func see(_ new: [Float], elapsed: Instant, policy: FaceFollowingPolicy) -> Bool {
    let last = signature
    guard !last.isEmpty else { return false }
    signature = new
    guard !new.isEmpty else { return false }
    let gap = elapsed > policy.cutGap
    let broken = (FaceSignature.similarity(last, new) ?? -1) < policy.cutSimilarity
    if isInterrupted {
      // A flat patch after a flat patch is no change.
      return gap || broken && !(FaceSignature.isFlat(last) && FaceSignature.isFlat(new))
    }
    // Nobody found there, and no longer the same picture: it went away too slowly for consecutive frames to tell.
    let gone = !isFresh && !(confirmed.last.map { isAlike($0, new, policy.driftSimilarity) } ?? true)
    isInterrupted = gap || broken || gone
    return isInterrupted
  }

  /// Whether a detection, whose place in this frame looks like `new`, can be this face.
  func admits(_ new: [Float], policy: FaceFollowingPolicy) -> Bool {
    guard let last = confirmed.last, !new.isEmpty else { return !isInterrupted }
    guard isFresh, !isInterrupted else { return isAlike(last, new, policy.resumeSimilarity) }
    return confirmed.allSatisfy { isAlike($0, new, policy.driftSimilarity) }
  }

  private func isAlike(_ look: Look, _ new: [Float], _ least: Double) -> Bool {
    (FaceSignature.similarity(look.signature, new) ?? -1) >= least
  }

  func square(_ framing: FaceFraming) -> FaceSquare {
    guard let eyes else { return framing.square(of: box) }
    let (dx, dy) = (cos(eyes.angle) * eyes.distance / 2, sin(eyes.angle) * eyes.distance / 2)
    return framing.square(leftEye: (eyes.x - dx, eyes.y - dy), rightEye: (eyes.x + dx, eyes.y + dy))
  }

  private static func measure(_ eyes: EyePair) -> (x: Double, y: Double, distance: Double, angle: Double) {
    let (dx, dy) = (eyes.rightX - eyes.leftX, eyes.rightY - eyes.leftY)
    return ((eyes.leftX + eyes.rightX) / 2, (eyes.leftY + eyes.rightY) / 2, hypot(dx, dy), atan2(dy, dx))
  }
}
