/// How a regression's predictions agree with the truth, one attribute at a time.
///
/// Moments are running sums around the first pair's values (Welford), so long lists lose no digits. All with n − 1, as the
/// published metric; the training loss is another formula.
public struct Agreement: Sendable, Hashable {
  public private(set) var count = 0
  private var (meanX, meanY) = (0.0, 0.0)
  private var (sumXX, sumYY, sumXY) = (0.0, 0.0, 0.0)

  public init() {}

  /// Counts one clip.
  ///
  /// - Parameters:
  ///   - x: the true value.
  ///   - y: the predicted one.
  public mutating func add(truth x: Double, predicted y: Double) {
    count += 1
    let (dx, dy) = (x - meanX, y - meanY)
    meanX += dx / Double(count)
    meanY += dy / Double(count)
    sumXX += dx * (x - meanX)
    sumYY += dy * (y - meanY)
    sumXY += dx * (y - meanY)
  }

  /// Pearson's correlation; nil for fewer than two clips or where either side never changes.
  public var pcc: Double? {
    guard count > 1, sumXX > 0, sumYY > 0 else { return nil }
    // Rounding may carry a perfect agreement past one.
    return max(-1, min(1, sumXY / (sumXX.squareRoot() * sumYY.squareRoot())))
  }

  /// Lin's concordance, 2·cov / (var + var + (difference of means)²); nil for fewer than two clips, or where both sides
  /// are one and the same constant.
  public var ccc: Double? {
    guard count > 1 else { return nil }
    let n = Double(count - 1)
    let shift = meanX - meanY
    let below = sumXX / n + sumYY / n + shift * shift
    return below > 0 ? 2 * (sumXY / n) / below : nil
  }
}
