/// The worst of many differences, and whose it is: what a numeric test reports.
public struct WorstDifference: CustomStringConvertible {
  public private(set) var value = 0.0
  public private(set) var name = "nothing compared"
  private var detail = ""

  public init() {}

  /// A difference that is NaN is the worst there is.
  public mutating func see(_ name: @autoclosure () -> String, _ found: Double, _ expected: Double) {
    see(name(), found, expected, difference: abs(found - expected))
  }

  /// In units of the caller's choice, say ulps.
  public mutating func see(_ name: @autoclosure () -> String, _ found: Double, _ expected: Double, difference: Double) {
    let difference = difference.isNaN ? Double.infinity : difference
    if difference > value || self.name == "nothing compared" {
      (value, self.name, detail) = (difference, name(), "\(found) instead of \(expected)")
    }
  }

  public var description: String { "worst difference \(value) at \(name): \(detail)" }
}
