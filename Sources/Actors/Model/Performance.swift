internal import Glibc
public import Tensor

/// What a face does from frame to frame: an expression that grows, speech, blinks, gaze and a head that is never still.
public struct Performance: Hashable, Sendable {
  /// One a frame, 25 a second.
  public var poses: [FacePose]

  public init(_ signal: Signal3, _ sound: Soundtrack, _ random: inout RandomStream) {
    let count = sound.opening.count
    let apex = random.uniform(0.25, 0.7) * Double(count)
    let begin = random.uniform(0.75, 0.9)
    let width = random.uniform(0.2, 0.4) * Double(count)
    var blinks = [random.uniform(0, 60)]
    while blinks[blinks.count - 1] < Double(count) { blinks.append(blinks[blinks.count - 1] + random.uniform(30, 90)) }
    let sways = (0..<3).map { _ in Sway(&random) }
    var (gaze, nextGlance) = ((x: 0.0, y: 0.0), 0)
    poses = (0..<count).map { frame in
      let time = Double(frame)
      let distance = (time - apex) / width
      let strength = begin + (1 - begin) * exp(-distance * distance)
      var pose = Self.expression(strength * signal)
      pose.mouthOpen = 0.55 * sound.opening[frame]
      pose.mouthRound = 0.5 * sound.rounding[frame]
      // Two frames down, three up.
      pose.blink = blinks.map { blink in share(1 - abs(time - blink) / (time < blink ? 2 : 3)) }.max() ?? 0
      if frame >= nextGlance {
        gaze = (0.25 * random.normal(), 0.15 * random.normal())
        nextGlance = frame + 12 + random.below(40)
      }
      pose.gazeX = min(max(gaze.x, -1), 1)
      pose.gazeY = min(max(gaze.y, -1), 1)
      pose.yaw = 5 * sways[0].at(time)
      // Loud syllables nod.
      pose.pitch = 3 * sways[1].at(time) + 2.5 * sound.opening[frame]
      pose.roll = 2.5 * sways[2].at(time)
      return pose
    }
  }

  /// Action units of a signal; what a unit cannot reach is cut off.
  static func expression(_ signal: Signal3) -> FacePose {
    func up(_ value: Double) -> Double { max(value, 0) }
    var pose = FacePose()
    pose.browLower = share(0.3 * up(signal.x))
    pose.lidTighten = share(0.15 * up(signal.x))
    pose.innerBrowRaise = share(0.3 * up(-signal.x))
    pose.outerBrowRaise = share(0.28 * up(-signal.x))
    pose.upperLidRaise = share(0.25 * up(-signal.x))
    pose.cheekRaise = share(0.15 * up(signal.y))
    pose.noseWrinkle = share(0.18 * up(signal.y))
    pose.lipStretch = share(0.2 * up(signal.y))
    pose.upperLipRaise = share(0.12 * up(signal.y))
    pose.lipPress = share(0.3 * up(-signal.y))
    pose.lipCornerPull = share(0.36 * up(signal.z))
    pose.lipCornerDepress = share(0.36 * up(-signal.z))
    return pose
  }

  /// A slow movement to and fro, between −1 and 1: two sines whose periods do not fit.
  private struct Sway: Hashable {
    private let rates, phases: [Double]

    init(_ random: inout RandomStream) {
      rates = [2 * .pi / random.uniform(40, 70), 2 * .pi / random.uniform(15, 28)]
      phases = [random.uniform(0, 2 * .pi), random.uniform(0, 2 * .pi)]
    }

    func at(_ time: Double) -> Double {
      0.7 * sin(rates[0] * time + phases[0]) + 0.3 * sin(rates[1] * time + phases[1])
    }
  }
}
