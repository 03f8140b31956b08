internal import Glibc

/// One stream of random numbers with the distributions that training and made data need.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// The next 64 random bits.
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

  /// True with this probability, from 0 to 1.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Standard normal.
  public mutating func normal() -> Double { generator.normal() }

  /// Gamma of scale 1 (Marsaglia and Tsang, 2000).
  public mutating func gamma(_ shape: Double) -> Double {
    precondition(shape > 0, "a gamma distribution of shape \(shape)")
    // The method needs a shape of 1 or more; below it, a draw of shape + 1 times u^(1/shape) has the distribution.
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
