internal import Glibc
public import Models
internal import Recognition

/// Finds the temperature with the smallest mean negative log-likelihood of the true classes.
public struct TemperatureFit: Sendable {
  private var samples: [(outputs: [Float], truth: Int)] = []

  public init() {}

  public var count: Int { samples.count }

  /// - Parameters:
  ///   - outputs: a window's logits, as the head gave them.
  ///   - truth: the right class.
  public mutating func add(_ outputs: [Float], truth: Int) {
    precondition(outputs.indices.contains(truth), "class \(truth) of \(outputs.count)")
    samples.append((outputs, truth))
  }

  /// ECE and NLL under a temperature; nil without samples.
  public func reliability(at temperature: Double) -> ModelCalibration.Reliability? {
    var meter = ReliabilityMeter()
    for sample in samples {
      meter.add(Estimate.softmax(sample.outputs, temperature: temperature), truth: sample.truth)
    }
    return meter.reliability
  }

  /// The minimum of the mean negative log-likelihood, to 1e-6 of the temperature; nil without samples.
  ///
  /// As a function of 1/T it is convex (a log-sum-exp less a linear term), so a search by sections finds it.
  public func fit() -> ModelCalibration.Fit? {
    guard let before = reliability(at: 1) else { return nil }
    func loss(_ inverse: Double) -> Double { reliability(at: 1 / inverse)?.nll ?? 0 }
    let golden = (5.0.squareRoot() - 1) / 2
    var (low, high) = (1 / ModelCalibration.temperatures.upperBound, 1 / ModelCalibration.temperatures.lowerBound)
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (leftLoss, rightLoss) = (loss(left), loss(right))
    while high - low > 1e-6 * low {
      if leftLoss <= rightLoss {
        (high, right, rightLoss) = (right, left, leftLoss)
        left = high - golden * (high - low)
        leftLoss = loss(left)
      } else {
        (low, left, leftLoss) = (left, right, rightLoss)
        right = low + golden * (high - low)
        rightLoss = loss(right)
      }
    }
    let temperature = min(
      max(2 / (low + high), ModelCalibration.temperatures.lowerBound), ModelCalibration.temperatures.upperBound)
    guard let after = reliability(at: temperature) else { return nil }
    return ModelCalibration.Fit(temperature: temperature, windows: count, before: before, after: after)
  }
}
