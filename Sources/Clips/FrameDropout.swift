public import Tensor

/// Leaves out a stretch of a clip's frames: the frame before stands in for them, at the begin the one after. So a network
/// gets used to what recognition gives it where slots of a window have no face.
public struct FrameDropout: Hashable, Sendable {
  /// Of a clip to lose a stretch.
  public var probability: Double

  public init(probability: Double) {
    precondition((0...1).contains(probability), "frames left out with probability \(probability)")
    self.probability = probability
  }

  /// Which frames are left out; nil: none. A stretch has from one frame to half of all.
  /// - Parameters:
  ///   - frames: of the clip, at least 2.
  ///   - random: gives the draws.
  public func stretch(frames: Int, random: inout RandomStream) -> Range<Int>? {
    guard random.chance(probability) else { return nil }
    let count = 1 + random.below(frames / 2)
    let first = random.below(frames - count + 1)
    return first..<first + count
  }

  /// The frames without those of the stretch.
  static func held<Frame>(_ frames: [Frame], without stretch: Range<Int>) -> [Frame] {
    let shown = frames[stretch.lowerBound > 0 ? stretch.lowerBound - 1 : stretch.upperBound]
    var frames = frames
    for i in stretch { frames[i] = shown }
    return frames
  }
}
