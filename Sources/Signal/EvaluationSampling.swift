/// Which frames and samples of a clip the published evaluation looks at; pure arithmetic.
///
/// Not the sampling by time that replay and live use: published numbers can only be reproduced with published indices.
public struct EvaluationSampling: Sendable, Hashable {
  /// One look at a clip.
  public struct View: Sendable, Hashable {
    /// 16 frame indices, not falling.
    public var frames: [Int]
    /// Samples of the clip's sound; empty where the clip has none.
    public var samples: Range<Int>

    public init(frames: [Int], samples: Range<Int>) { (self.frames, self.samples) = (frames, samples) }
  }

  public static let window = 16
  /// Shorter ranges of sound are no sound to the public code.
  public static let shortestAudio = 1024
  /// Samples in 2.56 s.
  public static let windowSamples = 40_960

  /// Every `rate`-th frame is looked at.
  public var rate: Int
  /// Looks spread evenly over the clip.
  public var views: Int

  public init(rate: Int = 4, views: Int = 2) {
    precondition(rate > 0 && views > 0, "rate \(rate) and \(views) views must be positive")
    (self.rate, self.views) = (rate, views)
  }

  /// Frames 0, rate, 2·rate …, the last repeated until there are 16; then windows of 16 that begin at
  /// int(k · (n − 16) / (views − 1)). A single view begins at 0. The picture of a still is the same in all views, and its
  /// sound is looked at as if it were alone.
  /// - Parameters:
  ///   - frames: in the clip; at least 1.
  ///   - samples: in the clip's sound.
  /// - Returns: nil if some view's sound is too short to use: 1024 samples or fewer of a clip of 2.56 s or more.
  public func views(frames: Int, samples: Int) -> [View]? {
    precondition(frames > 0 && samples >= 0, "a clip of \(frames) frames and \(samples) samples")
    if frames == 1, let heard = heard(samples: samples) {
      return heard.map { View(frames: [Int](repeating: 0, count: Self.window), samples: $0.samples) }
    }
    var sampled = Array(stride(from: 0, to: frames, by: rate))
    while sampled.count < Self.window { sampled.append(sampled[sampled.count - 1]) }
    let room = sampled.count - Self.window
    var result: [View] = []
    for k in 0..<views {
      let first = views == 1 ? 0 : Int(Double(k) * (Double(room) / Double(views - 1)))
      let chosen = Array(sampled[first..<first + Self.window])
      guard let sound = sound(from: chosen[0], to: chosen[Self.window - 1], frames: frames, samples: samples) else {
        return nil
      }
      result.append(View(frames: chosen, samples: sound))
    }
    return result
  }

  /// Views of a clip that is only heard: the first and the last 2.56 s of its sound, the whole twice where it is shorter.
  /// With one view the first alone; more spread evenly between the two.
  /// - Returns: nil if the sound is too short to use, 1024 samples or fewer.
  public func heard(samples: Int) -> [View]? {
    guard samples > Self.shortestAudio else { return nil }
    let length = min(samples, Self.windowSamples)
    return (0..<views).map { view in
      let start = views == 1 ? 0 : view * (samples - length) / (views - 1)
      return View(frames: [], samples: start..<start + length)
    }
  }

  /// From the first frame's place to just past the last one's, as shares of the whole sound, truncated.
  private func sound(from first: Int, to last: Int, frames: Int, samples: Int) -> Range<Int>? {
    let span = Double(max(frames - 1, 1))
    let start = Int(Double(first) / span * Double(samples))
    let end = Int(Double(min(last + rate, frames - 1)) / span * Double(samples))
    if end - start > Self.shortestAudio { return start..<end }
    return samples < Self.windowSamples ? 0..<samples : nil
  }
}
