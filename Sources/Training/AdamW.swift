public import Tensor

/// How one parameter is updated.
public struct UpdateRule: Hashable, Sendable {
  /// What the learning rate is multiplied with: layer decay.
  public let rateFactor: Double
  /// Whether weight decay pulls at it.
  public let decays: Bool

  public init(rateFactor: Double, decays: Bool) { (self.rateFactor, self.decays) = (rateFactor, decays) }
}

/// AdamW over a ``ParameterSet`` (Loshchilov and Hutter 2019): decay beside the gradient, scaled by the learning rate.
///
/// The moments live in the set; this has the step's number and the rules.
public final class AdamW {
  public let beta1, beta2, epsilon, weightDecay: Double
  /// Steps made.
  public private(set) var steps: Int

  private let parameters: ParameterSet
  /// Neighbours with the same rule, as one run.
  private let runs: [(range: Range<Int>, rule: UpdateRule)]

  /// - Parameters:
  ///   - parameters: what it updates.
  ///   - beta1: of the first moment's running mean.
  ///   - beta2: of the second moment's running mean.
  ///   - epsilon: keeps the divisor away from zero.
  ///   - weightDecay: of the parameters that the rule lets decay.
  ///   - steps: made before, when a run goes on.
  ///   - rule: asked once for every parameter.
  public init(
    _ parameters: ParameterSet, beta1: Double = 0.9, beta2: Double, epsilon: Double = 1e-8, weightDecay: Double = 0.05,
    steps: Int = 0, rule: (ParameterSet.Entry) -> UpdateRule
  ) {
    (self.parameters, self.steps) = (parameters, steps)
    (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
    var runs: [(range: Range<Int>, rule: UpdateRule)] = []
    for entry in parameters.entries {
      let rule = rule(entry)
      if let last = runs.last, last.rule == rule {
        // The gap between them is zero and stays so.
        runs[runs.count - 1].range = last.range.lowerBound..<entry.range.upperBound
      } else {
        runs.append((entry.range, rule))
      }
    }
    self.runs = runs
  }

  /// One step with the gradients of the set, which stay as they are.
  ///
  /// - Parameters:
  ///   - rate: this step's learning rate, before layer decay.
  ///   - gradientFactor: what gradients are multiplied with first, for clipping.
  ///   - operations: does the work.
  public func step(rate: Double, gradientFactor: Double = 1, _ operations: Operations) {
    steps += 1
    // Without a rate neither a parameter nor what is kept of its gradients changes: it has none.
    for run in runs where run.rule.rateFactor != 0 {
      operations.adamW(
        AdamWStep(
          rate: rate * run.rule.rateFactor, decay: run.rule.decays ? weightDecay : 0, beta1: beta1, beta2: beta2,
          epsilon: epsilon, step: steps, gradientFactor: gradientFactor),
        values: parameters.values, gradients: parameters.gradients, first: parameters.first, second: parameters.second,
        range: run.range)
    }
  }
}
