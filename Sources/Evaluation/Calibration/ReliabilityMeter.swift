internal import Glibc
public import Models
internal import Recognition

/// Gathers probabilities with their truths into expected calibration error and negative log-likelihood.
///
/// The error is that of the top class in 15 bins of equal width (Naeini et al. 2015; Guo et al. 2017, section 2): the
/// mean over all answers of |share that was right − mean probability| of the answer's bin.
public struct ReliabilityMeter: Sendable {
  static let bins = 15
  public private(set) var count = 0
  private var logs = 0.0
  private var sums = [(count: Int, right: Int, believed: Double)](repeating: (0, 0, 0), count: bins)

  public init() {}

  /// - Parameters:
  ///   - probabilities: one a class, summing to one.
  ///   - truth: the right class.
  public mutating func add(_ probabilities: [Double], truth: Int) {
    guard let top = Estimate.argmax(probabilities) else { return }
    let believed = probabilities[top]
    let bin = min(Self.bins - 1, Int(believed * Double(Self.bins)))
    sums[bin].count += 1
    sums[bin].believed += believed
    if top == truth { sums[bin].right += 1 }
    // A probability that has become zero would make the mean infinite for one clip; no Float is smaller.
    logs -= log(max(probabilities[truth], Double(Float.leastNonzeroMagnitude)))
    count += 1
  }

  /// nil before the first answer.
  public var reliability: ModelCalibration.Reliability? {
    guard count > 0 else { return nil }
    let error = sums.reduce(0.0) { $0 + (Double($1.right) - $1.believed).magnitude }
    return .init(ece: error / Double(count), nll: logs / Double(count))
  }
}
