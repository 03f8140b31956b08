public import Signal
public import Tensor

/// Which frames and samples of a clip one step of training looks at; pure arithmetic on a random stream.
///
/// Both rules are the published ones, by index. Evaluation's is `EvaluationSampling`.
public enum TrainingSampling: String, Hashable, Sendable {
  /// Every 4th frame from a random start; the sound from the first frame's start to the end of the fourth frame after
  /// the last one (2.60 s at 25 frames a second).
  case pretraining
  /// 16 frames spread over 64 that end at random (4.27 apart); of a shorter clip, over all of it. The sound goes to 64
  /// frames after the first.
  case finetuning

  static let (window, step) = (EvaluationSampling.window, 4)
  /// Frames that a window spans: 64.
  static let span = window * step

  /// - Parameters:
  ///   - frames: in the clip, at least 1.
  ///   - samples: in the clip's sound; nil where no sound is looked at.
  ///   - random: gives the draws.
  /// - Returns: 16 frame indices, not falling, and samples; nil if there is too little sound for its frames: 1024 samples
  ///   or fewer, of the clip or of the chosen part (of a clip shorter than 2.56 s all is taken then). The picture of a still
  ///   is always the same, and its sound is looked at as if it were alone.
  public func view(frames: Int, samples: Int?, random: inout RandomStream) -> EvaluationSampling.View? {
    precondition(frames > 0 && samples ?? 0 >= 0, "a clip of \(frames) frames and \(samples ?? 0) samples")
    if frames == 1, let samples {
      let heard = view(frames: max(2, Self.frames(ofSoundAlone: samples)), samples: samples, random: &random)
      return heard.map { .init(frames: [Int](repeating: 0, count: Self.window), samples: $0.samples) }
    }
    let chosen = self == .pretraining ? everyFourth(frames, &random) : spread(frames, &random)
    guard let samples else { return EvaluationSampling.View(frames: chosen, samples: 0..<0) }
    guard samples > EvaluationSampling.shortestAudio else { return nil }
    let from: Double
    let to: Double
    switch self {
    case .pretraining:
      let last = min(chosen[Self.window - 1] + Self.step, frames - 1)
      (from, to) = (Double(chosen[0]) / Double(frames), Double(last + 1) / Double(frames))
    case .finetuning:
      let all = Double(max(frames - 1, 1))
      (from, to) = (Double(chosen[0]) / all, Double(min(chosen[0] + Self.span, frames - 1)) / all)
    }
    let range = Int(from * Double(samples))..<min(Int(to * Double(samples)), samples)
    if range.count > EvaluationSampling.shortestAudio { return EvaluationSampling.View(frames: chosen, samples: range) }
    guard samples < EvaluationSampling.windowSamples else { return nil }
    return EvaluationSampling.View(frames: chosen, samples: 0..<samples)
  }

  /// A clip without a picture is heard as if it had a frame every 40 ms, as in evaluation.
  public static func frames(ofSoundAlone samples: Int) -> Int { max(1, samples / 640) }

  private func everyFourth(_ frames: Int, _ random: inout RandomStream) -> [Int] {
    var index = random.below(max(frames - Self.span, 0) + 1)
    return (0..<Self.window).map { _ in
      defer { if index + Self.step < frames - 1 { index += Self.step } }
      return index
    }
  }

  private func spread(_ frames: Int, _ random: inout RandomStream) -> [Int] {
    // Drawn always, so that a clip's length does not shift what follows in the stream.
    let draw = random.below(max(frames - Self.span, 1))
    if frames > Self.span {
      let end = Self.span + draw
      return spaced(from: end - Self.span, to: end, count: Self.window).map { min($0, end - 1) }
    }
    let some = spaced(from: 0, to: frames, count: frames / Self.step).map { min($0, frames - 1) }
    return some + [Int](repeating: frames - 1, count: Self.window - some.count)
  }

  /// `count` numbers evenly from the first to the last, both included, truncated.
  private func spaced(from: Int, to: Int, count: Int) -> [Int] {
    guard count > 1 else { return [Int](repeating: from, count: count) }
    let step = Double(to - from) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? to : Int(Double(from) + Double($0) * step) }
  }
}
