internal import Glibc

/// The learning rate of every step: a straight line up from 0, then half a cosine down.
public struct Schedule: Hashable, Sendable {
  public let base, final: Double
  /// Steps of the line, and of all.
  public let warmUp, steps: Int

  /// - Parameters:
  ///   - base: where the line ends, already scaled to the batch: × batch / 256 in the published recipes.
  ///   - final: the rate that the cosine goes down to.
  ///   - warmUp: steps of the straight line, at most `steps`.
  ///   - steps: of the whole run.
  public init(base: Double, final: Double, warmUp: Int, steps: Int) {
    precondition(warmUp >= 0 && steps >= warmUp, "\(warmUp) of \(steps) steps to warm up")
    (self.base, self.final, self.warmUp, self.steps) = (base, final, warmUp, steps)
  }

  /// The rate of step `index`, from 0. The first step of a warm-up has rate 0, and behind the last step it is `final`.
  public func rate(_ index: Int) -> Double {
    if index < warmUp { return base * Double(index) / Double(max(warmUp - 1, 1)) }
    guard index < steps else { return final }
    let part = Double(index - warmUp) / Double(steps - warmUp)
    return final + 0.5 * (base - final) * (1 + cos(Double.pi * part))
  }
}
