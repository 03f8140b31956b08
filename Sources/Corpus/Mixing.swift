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

  /// - Parameters:
  ///   - side: of a frame in pixels.
  ///   - rows: of a spectrogram.
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
  /// - Parameter side: of a frame in pixels.
  public static func mix(_ batch: inout Batch, by choice: Choice, side: Int) {
    let count = batch.count
    guard count > 0, choice != .none else { return }
    let kept = Float(kept(choice, side: side))
    switch choice {
    case .none: break
    case .mixup:
      batch.video = blended(batch.video, count, kept)
      batch.audio = blended(batch.audio, count, kept)
    case .cutmix(let box, let rows):
      batch.video = replaced(batch.video, count) { i in
        let (y, x) = (i / side % side, i % side)
        return y >= box.y && y < box.y + box.height && x >= box.x && x < box.x + box.width
      }
      batch.audio = replaced(batch.audio, count) { rows.contains($0 / FilterBank.bins) }
    }
    batch.targets = blended(batch.targets, count, kept)
    batch.kept = kept
  }

  /// Every clip's values with its partner's.
  private static func blended(_ values: [Float], _ count: Int, _ kept: Float) -> [Float] {
    let size = values.count / count
    var result = values
    for clip in 0..<count {
      let (to, from) = (clip * size, (count - 1 - clip) * size)
      for i in 0..<size { result[to + i] = kept * values[to + i] + (1 - kept) * values[from + i] }
    }
    return result
  }

  /// Every clip's values, but the partner's where `isTaken` says so of an index within a clip.
  private static func replaced(_ values: [Float], _ count: Int, _ isTaken: (Int) -> Bool) -> [Float] {
    let size = values.count / count
    var result = values
    for i in 0..<size where isTaken(i) {
      for clip in 0..<count { result[clip * size + i] = values[(count - 1 - clip) * size + i] }
    }
    return result
  }
}
