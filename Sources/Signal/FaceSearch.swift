/// Whom to follow.
public enum FaceChoice: String, Hashable, Sendable, Codable, CaseIterable {
  /// The largest face.
  case largest
  /// The face nearest to the middle of the picture.
  case center
  /// Nobody is looked for: the whole frame is an aligned face already, with id 0.
  case none
}

/// One look of a face detector, as asked for by `FaceFollower`.
public enum FaceSearch: Hashable, Sendable {
  /// The whole picture, scaled to this width (up or down).
  case whole(width: Int)
  /// A part of the picture (inside it, upright source pixels), times `scale`.
  case near(region: PixelBox, scale: Double)
}

/// Centres of a face's eyes in upright source pixels; left and right as seen in the picture.
public struct EyePair: Hashable, Sendable, Codable {
  public var leftX, leftY, rightX, rightY: Double

  public init(leftX: Double, leftY: Double, rightX: Double, rightY: Double) {
    (self.leftX, self.leftY, self.rightX, self.rightY) = (leftX, leftY, rightX, rightY)
  }
}

/// A face that a detector found.
public struct DetectedFace: Hashable, Sendable {
  /// The detector's box in upright source pixels.
  public var box: PixelBox
  /// The detector's confidence; dlib's frontal detector: above 0, larger is surer.
  public var score: Double
  /// From a landmark model, if the user gave one.
  public var eyes: EyePair?

  public init(box: PixelBox, score: Double, eyes: EyePair? = nil) {
    (self.box, self.score, self.eyes) = (box, score, eyes)
  }

  /// Whether every number is finite and the box has an area.
  var isSound: Bool {
    let eyes = eyes.map { [$0.leftX, $0.leftY, $0.rightX, $0.rightY] } ?? []
    return ([box.x, box.y, box.width, box.height, score] + eyes).allSatisfy(\.isFinite) && box.width > 0
      && box.height > 0
  }
}

/// The searches of one frame: near the faces that are followed, then the whole picture, finer while nothing is found.
struct SearchPlan {
  private(set) var faces: [DetectedFace] = []
  private(set) var looked = false
  private var near: [(region: PixelBox, scale: Double, front: Bool)] = []
  private var wholes: [Int] = []
  private var wholeAnyway = false
  private var askedForFront = false
  private var missedFront = false

  /// Nothing to look for in this frame.
  init() {}

  init(tracks: [FaceTrack], front: Int?, whole: Bool, width: Int, height: Int, policy: FaceFollowingPolicy) {
    let ordered = tracks.sorted { ($0.id == front ? 1 : 0, $0.box.area) > ($1.id == front ? 1 : 0, $1.box.area) }
    for track in ordered.prefix(policy.people) {
      let region = track.box.widened(by: policy.nearRegion).clipped(width: width, height: height)
      guard region.width >= 1, region.height >= 1 else { continue }
      near.append((region, policy.nearFace / track.box.width, track.id == front))
    }
    near.reverse()
    wholes = policy.wholeWidths
    wholeAnyway = whole || near.isEmpty
    // A whole look that could not see a face as small as the one in front would miss its neighbours too.
    if let face = ordered.first, face.box.width * policy.smallestShare < Double(width), let finest = wholes.last {
      wholes = [finest]
    }
  }

  mutating func next() -> FaceSearch? {
    if let search = near.popLast() {
      (looked, askedForFront) = (true, search.front)
      return .near(region: search.region, scale: search.scale)
    }
    // One whole look may be owed; finer ones only while nothing is found at all.
    guard !wholes.isEmpty, wholeAnyway || missedFront || faces.isEmpty else { return nil }
    (looked, askedForFront, wholeAnyway, missedFront) = (true, false, false, false)
    return .whole(width: wholes.removeFirst())
  }

  mutating func found(_ more: [DetectedFace]) {
    if askedForFront { missedFront = more.isEmpty }
    // Two boxes over one place are one face; the earlier search saw it at its own scale.
    for face in more.sorted(by: { $0.score > $1.score }) where !faces.contains(where: { $0.box.isSamePlace(face.box) })
    {
      faces.append(face)
    }
  }
}
