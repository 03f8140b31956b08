internal import Glibc
public import Tensor

/// What a face does from frame to frame: an expression that grows, speech, blinks, gaze and a head that is never still.
public struct Performance: Hashable, Sendable {
  /// One a frame, 25 a second.
  public var poses: [FacePose]

  public init(_ signal: Signal3, _ sound: Soundtrack, _ random: inout RandomStream) {
    let count = sound.opening.count
    let course = Course(frames: count, &random)
    var restlessness = Restlessness(frames: count, &random)
    poses = (0..<count).map { frame in
      var pose = Self.expression(course.strength(at: frame) * signal)
      Self.speak(&pose, opening: sound.opening[frame], rounding: sound.rounding[frame])
      restlessness.move(&pose, frame: frame, opening: sound.opening[frame], &random)
      return pose
    }
  }

  /// How an expression comes and goes.
  struct Course {
    private let apex, begin, width: Double

    init(frames: Int, _ random: inout RandomStream) {
      apex = random.uniform(0.25, 0.7) * Double(frames)
      begin = random.uniform(0.75, 0.9)
      width = random.uniform(0.2, 0.4) * Double(frames)
    }

    /// Up to 1, at the apex.
    func strength(at frame: Int) -> Double {
      let distance = (Double(frame) - apex) / width
      return begin + (1 - begin) * exp(-distance * distance)
    }
  }

  /// The mouth of speech.
  static func speak(_ pose: inout FacePose, opening: Double, rounding: Double) {
    pose.mouthOpen = 0.55 * opening
    pose.mouthRound = 0.5 * rounding
  }

  /// Action units of a signal; what a unit cannot reach is cut off.
  static func expression(_ signal: Signal3) -> FacePose {
    func up(_ value: Double) -> Double { max(value, 0) }
    var pose = FacePose()
    pose.browLower = share(0.24 * up(signal.x))
    pose.lidTighten = share(0.12 * up(signal.x))
    pose.innerBrowRaise = share(0.24 * up(-signal.x))
    pose.outerBrowRaise = share(0.23 * up(-signal.x))
    pose.upperLidRaise = share(0.2 * up(-signal.x))
    pose.cheekRaise = share(0.12 * up(signal.y))
    pose.noseWrinkle = share(0.145 * up(signal.y))
    pose.lipStretch = share(0.16 * up(signal.y))
    pose.upperLipRaise = share(0.1 * up(signal.y))
    pose.lipPress = share(0.3 * up(-signal.y))
    pose.lipCornerPull = share(0.36 * up(signal.z))
    pose.lipCornerDepress = share(0.36 * up(-signal.z))
    return pose
  }
}
