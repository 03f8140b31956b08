internal import Glibc

/// What neutral people get from a model on average, by head: a person's neutral is moved there.
public struct NeutralReference: Sendable, Hashable {
  /// The share of `neutral` where nobody has measured what the model answers for neutral people; the other classes have equal
  /// shares of the rest.
  public static let defaultShare = 0.5

  /// Measured over neutral material of many people; nil: nobody has measured it.
  public let measured: PersonBaseline?
  private let assumed: [Double]

  /// - Parameters:
  ///   - measured: over neutral material of many people, with a mean for each label; nil: the default for every head.
  ///   - labels: the model's.
  /// - Returns: nil: the model has no class called `neutral`.
  public init?(_ measured: PersonBaseline? = nil, labels: [String]) {
    guard let place = labels.firstIndex(of: PersonBaseline.label) else { return nil }
    self.measured = measured
    let others = log((1 - Self.defaultShare) / Double(max(labels.count - 1, 1)))
    var values = [Double](repeating: others, count: labels.count)
    values[place] = log(Self.defaultShare)
    assumed = values
  }

  /// The mean logarithms of the probabilities of a head for neutral people, in the order of the labels.
  public func mean(of head: String) -> [Double] { measured?.parts[head]?.mean ?? assumed }
}
