internal import Glibc
internal import Tensor

/// Where every random choice of training comes from: a counter, not a state that is handed on.
///
/// Each choice has a stream of its own, keyed by the run's seed, the epoch, the clip's position in the list (or the
/// batch's number) and what it is for. So it does not matter in which order or on which thread clips are made, nor
/// whether a run was interrupted: the state to save is the seed and the position. Switching one augmentation on or off
/// changes no choice of another.
public struct RandomKey: Hashable, Sendable {
  /// What a stream decides. Raw values are part of a run's reproducibility: they are never reused.
  public enum Purpose: UInt64, Sendable, CaseIterable {
    case order = 1
    case frames = 2
    case crop = 3
    case flip = 4
    case randAugment = 5
    case erasing = 6
    case loudness = 7
    case soundStretch = 8
    case spectrogramMasks = 9
    case videoMask = 10
    case audioMask = 11
    case mixing = 12
    /// For the trainer's own choices.
    case dropPath = 13
  }

  public var seed: UInt64
  public var epoch: Int
  /// A clip's place in the list from 0; a batch's number where batches decide; 0 where the epoch does.
  public var position: Int

  public init(seed: UInt64, epoch: Int, position: Int) {
    (self.seed, self.epoch, self.position) = (seed, epoch, position)
  }

  /// The same numbers for the same key, always.
  public func stream(_ purpose: Purpose) -> RandomStream {
    var hash: UInt64 = 0
    for word in [seed, purpose.rawValue, UInt64(bitPattern: Int64(epoch)), UInt64(bitPattern: Int64(position))] {
      // Each word goes through a round of its own, so that (1, 2), (2, 1) and (3, 0) are different streams.
      var mixer = SplitMix64(seed: hash ^ word)
      hash = mixer.next()
    }
    return RandomStream(seed: hash)
  }
}

/// One stream of random numbers with the distributions that augmentation needs.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  public mutating func next() -> UInt64 { generator.next() }

  /// Uniform in [0, 1).
  public mutating func uniform() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// Uniform between two numbers.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A whole number from 0 to `count` − 1.
  public mutating func below(_ count: Int) -> Int {
    precondition(count > 0, "a choice of \(count)")
    // The high word of the product: of 2⁶⁴ equally likely numbers no class has more than one more than another.
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Standard normal.
  public mutating func normal() -> Double { generator.normal() }

  /// Gamma of scale 1 (Marsaglia and Tsang, 2000).
  public mutating func gamma(_ shape: Double) -> Double {
    precondition(shape > 0, "a gamma distribution of shape \(shape)")
    // Below 1 the method does not hold; a draw of shape + 1 times u^(1/shape) does.
    if shape < 1 { return gamma(shape + 1) * pow(1 - uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(1 - uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }

  /// Beta, in [0, 1].
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    let (x, y) = (gamma(a), gamma(b))
    return x + y > 0 ? x / (x + y) : 0.5
  }

  /// The numbers from 0 to `count` − 1 in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, below(i + 1)) }
    return order
  }
}
