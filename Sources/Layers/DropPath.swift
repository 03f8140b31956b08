internal import Tensor

/// Stochastic depth (Huang et al. 2016): in training, a residual branch is left out at random for a whole sequence, and
/// scaled up where it stays. Recognition has none.
public struct DropPath: Hashable, Sendable {
  /// The chance that a branch is left out, below 1.
  public let rate: Double
  /// The same seed leaves out the same branches.
  public let seed: UInt64
  /// Sequences of the batch before the first that is computed: each sequence has its own chances wherever a batch is cut.
  public let first: Int

  public init(rate: Double, seed: UInt64, first: Int = 0) {
    precondition(rate >= 0 && rate < 1 && first >= 0, "a drop path of \(rate) from sequence \(first)")
    (self.rate, self.seed, self.first) = (rate, seed, first)
  }

  /// The same chances for the batch's sequences from `first` on.
  public func from(_ first: Int) -> DropPath { DropPath(rate: rate, seed: seed, first: first) }

  /// For block `index` of a stack, whose rates rise from 0 to this one in equal steps; nil where it is 0.
  public func ramp(_ index: Int, of count: Int) -> DropPath? {
    let rate = rate * Double(index) / Double(max(count - 1, 1))
    return rate > 0 ? DropPath(rate: rate, seed: seed, first: first) : nil
  }

  /// What every sequence's branch is multiplied with: 0 or 1 / (1 − rate).
  ///
  /// - Parameter branch: the branch's last parameter, whose name makes its chances its own.
  func factors(_ branch: Parameter, batch: Int) -> [Float] {
    var generator = SplitMix64(seed: seed, name: branch.name)
    for _ in 0..<first { _ = generator.next() }
    return (0..<batch).map { _ in
      Double(generator.next() >> 11) / 0x1p53 < rate ? 0 : Float(1 / (1 - rate))
    }
  }
}
