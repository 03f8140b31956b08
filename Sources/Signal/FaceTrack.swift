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
  /// What the picture looked like around the box in the last frame; empty: unknown.
  var signature: [Float] = []

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
    (place, seen, isFresh) = (face.box, time, true)
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
