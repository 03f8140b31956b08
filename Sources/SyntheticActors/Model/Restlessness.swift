internal import Glibc
internal import Tensor

/// Movements that do not depend on the emotion: blinks, glances, and small movements of the head.
struct Restlessness {
  private let blinks: [Double]
  private let sways: [Sway]
  private var gaze = (x: 0.0, y: 0.0)
  private var nextGlance = 0

  /// - Parameter frames: how long it goes on.
  init(frames: Int, _ random: inout RandomStream) {
    var blinks = [random.uniform(0, 60)]
    while blinks[blinks.count - 1] < Double(frames) { blinks.append(blinks[blinks.count - 1] + random.uniform(30, 90)) }
    self.blinks = blinks
    sways = (0..<3).map { _ in Sway(&random) }
  }

  /// Moves lids, eyes and head; to be called for every frame in order.
  mutating func move(_ pose: inout FacePose, frame: Int, opening: Double, _ random: inout RandomStream) {
    let time = Double(frame)
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
    pose.pitch = 3 * sways[1].at(time) + 2.5 * opening
    pose.roll = 2.5 * sways[2].at(time)
  }

  /// A slow movement between −1 and 1: two sines whose periods have no small common multiple.
  private struct Sway {
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
