internal import Glibc
internal import Signal
public import Tensor

/// Mixup (Zhang et al., 2018) or cutmix (Yun et al., 2019): one of the two for a whole batch, each clip with its partner
/// in the batch reversed.
///
/// Audio, video and target are always mixed with the same weight. (The public code mixes video and target but not the
/// audio, so the audio has one emotion and the label two.)
public struct Mixing: Hashable, Sendable {
  /// Parameters of the symmetric Beta distributions; 0 switches one off.
  public var mixup, cutmix: Double
  /// Of a batch to be mixed at all, and of cutmix where both are on.
  public var probability, cutmixShare: Double

  /// The published numbers.
  public init(mixup: Double = 0.8, cutmix: Double = 1, probability: Double = 1, cutmixShare: Double = 0.5) {
    precondition(mixup >= 0 && cutmix >= 0, "mixing with Beta(\(mixup)) and Beta(\(cutmix))")
    (self.mixup, self.cutmix, self.probability, self.cutmixShare) = (mixup, cutmix, probability, cutmixShare)
  }

  /// What is done to one batch.
  public enum Choice: Hashable, Sendable {
    case none
    /// The share that a clip keeps.
    case mixup(Double)
    /// What is taken from the partner: a box of every frame, and rows of the spectrogram.
    case cutmix(box: FacePart, rows: Range<Int>)
  }

  /// Draws what is done to one batch.
  /// - Parameters:
  ///   - side: of a frame in pixels.
  ///   - rows: of a spectrogram.
  ///   - random: gives the draws.
  public func choice(side: Int, rows: Int, random: inout RandomStream) -> Choice {
    guard mixup > 0 || cutmix > 0, random.chance(probability) else { return .none }
    let cuts = random.chance(cutmixShare)
    guard cutmix > 0, cuts || mixup == 0 else { return .mixup(random.beta(mixup, mixup)) }
    let kept = random.beta(cutmix, cutmix)
    // A box around a random centre, cut at the border.
    let length = Int(Double(side) * (1 - kept).squareRoot())
    func range(_ centre: Int) -> Range<Int> {
      max(centre - length / 2, 0)..<max(min(centre + length / 2, side), max(centre - length / 2, 0))
    }
    let (x, y) = (range(random.below(side)), range(random.below(side)))
    let box = FacePart(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
    // The same share of the sound; the target follows the picture's share.
    let count = Int((Double(rows * x.count * y.count) / Double(side * side)).rounded())
    let first = random.below(rows - count + 1)
    return .cutmix(box: box, rows: first..<first + count)
  }

  /// What a clip keeps of its target.
  static func kept(_ choice: Choice, side: Int) -> Double {
    switch choice {
    case .none: 1
    case .mixup(let share): share
    case .cutmix(let box, rows: _): 1 - Double(box.width * box.height) / Double(side * side)
    }
  }

  /// Mixes a batch in place.
  /// - Parameters:
  ///   - batch: its inputs and targets change.
  ///   - choice: what is done.
  ///   - side: of a frame in pixels.
  public static func mix(_ batch: inout Batch, by choice: Choice, side: Int) {
    let count = batch.count
    guard count > 0, choice != .none else { return }
    let kept = Float(kept(choice, side: side))
    switch choice {
    case .none: break
    case .mixup:
      for values in [batch.video, batch.audio].compactMap({ $0 }) {
        pairs(values) { blend($0, $1, values.columns, kept) }
      }
    case .cutmix(let box, let rows):
      if let video = batch.video {
        pairs(video) { swap($0, $1, linesOf(box, side: side, values: video.columns)) }
      }
      let (from, to) = (rows.lowerBound * FilterBank.bins, rows.upperBound * FilterBank.bins)
      if let audio = batch.audio { pairs(audio) { swap($0, $1, [from..<to]) } }
    }
    batch.kept = kept
    // What is not a number, because a clip has no such label, must not reach a clip that keeps all of its own.
    guard kept < 1 else { return }
    let classes = batch.targets.count / count
    batch.targets.withUnsafeMutableBufferPointer { targets in
      guard let base = targets.baseAddress else { return }
      pairs(count) { blend(base + $0 * classes, base + $1 * classes, classes, kept) }
    }
  }

  /// Every clip with its partner, once; the one in the middle is its own.
  private static func pairs(_ count: Int, _ body: (_ clip: Int, _ partner: Int) -> Void) {
    for clip in 0..<(count + 1) / 2 { body(clip, count - 1 - clip) }
  }

  private static func pairs(
    _ values: Matrix, _ body: (_ clip: UnsafeMutablePointer<Float>, _ partner: UnsafeMutablePointer<Float>) -> Void
  ) {
    pairs(values.rows) { body(values.base + $0 * values.rowStride, values.base + $1 * values.rowStride) }
  }

  /// Each becomes `kept` of itself and the rest of the other.
  private static func blend(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int, _ kept: Float
  ) {
    for i in 0..<count { (a[i], b[i]) = (kept * a[i] + (1 - kept) * b[i], kept * b[i] + (1 - kept) * a[i]) }
  }

  private static func swap(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ ranges: [Range<Int>]
  ) {
    for range in ranges { for i in range { (a[i], b[i]) = (b[i], a[i]) } }
  }

  /// Where the lines of a box are among the values of a clip, in every frame and channel.
  private static func linesOf(_ box: FacePart, side: Int, values: Int) -> [Range<Int>] {
    stride(from: 0, to: values, by: side * side).flatMap { plane in
      (box.y..<box.y + box.height).map { y in
        let first = plane + y * side + box.x
        return first..<first + box.width
      }
    }
  }
}
