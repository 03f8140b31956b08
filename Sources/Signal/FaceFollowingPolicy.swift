/// The numbers by which `FaceFollower` decides; each can be tuned on real clips without touching the logic.
public struct FaceFollowingPolicy: Hashable, Sendable {
  /// Time between looks.
  public var lookInterval = Instant(nanoseconds: 100_000_000)
  /// Time between looks at the whole picture while someone is followed, so that others are noticed.
  public var wholeInterval = Instant(nanoseconds: 1_000_000_000)
  /// Widths of whole looks in pixels, the next one only while nothing is found. dlib's detector sees faces from
  /// about 80 px, so 640 finds a face of 1/8 of the width.
  public var wholeWidths = [320, 640]
  /// Faces under 1 / this of the width need the finest whole look.
  public var smallestShare = 4.5
  /// A near look covers this many box widths around the last box: what is further off than `matchDistance` is another …
  public var nearRegion = 2.2
  /// … scaled so that the face is this many pixels wide.
  public var nearFace = 110.0
  /// Near looks in one frame at most.
  public var people = 4
  /// Detections below this score are ignored.
  public var minimumScore = 0.0

  /// A track that no look has confirmed for longer ends; its box is held meanwhile.
  public var hold = Instant(nanoseconds: 500_000_000)
  /// A face that comes back within this time after the last look that confirmed it keeps its id, if it still looks the same.
  /// After `hold` nobody is shown meanwhile.
  public var memory = Instant(nanoseconds: 500_000_000)
  /// A detection belongs to a track if their centres are nearer than this many box widths …
  public var matchDistance = 0.6
  /// … and their widths differ by less than this factor.
  public var matchScale = 1.8
  /// Two tracks that could both own a detection, and differ in distance by less than this many widths, both end.
  public var ambiguity = 0.2

  /// Time constants of the smoothing: of the place, the size, and (with landmarks) the angle.
  public var positionTime = 0.1
  public var sizeTime = 0.5
  public var angleTime = 0.2

  /// The person in front changes when another is this many times more prominent …
  public var beats = 1.5
  /// … for this long.
  public var beatsFor = Instant(nanoseconds: 1_000_000_000)

  /// The signature sees the box times this, so that hair and background speak too.
  public var signatureWidth = 1.2
  /// A track is interrupted when the signatures of consecutive frames are less alike (`FaceSignature.similarity`) …
  public var cutSimilarity = 0.82
  /// … or further apart in time.
  public var cutGap = Instant(nanoseconds: 250_000_000)
  /// After an interruption, or when the last look missed it, a track takes a detection only if it looks as much as
  /// this like the last one.
  public var resumeSimilarity = 0.88
  /// Otherwise it must be as much alike to each look of the last `driftTime`: a slow cross-fade is not.
  public var driftSimilarity = 0.7
  public var driftTime = Instant(nanoseconds: 500_000_000)

  public init() {}

  /// Remembers a face while a hand is before it for a second: for models that keep their head through such a gap
  /// (``WindowEvidence/lasting``). A face is back one look after the hand is gone.
  public static let lasting: FaceFollowingPolicy = {
    var policy = FaceFollowingPolicy()
    policy.memory = Instant(nanoseconds: 1_500_000_000)
    return policy
  }()
}
