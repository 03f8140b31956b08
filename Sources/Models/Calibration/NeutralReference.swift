/// What neutral people get from a model, by head: a person's neutral is moved there.
public struct NeutralReference: Sendable, Hashable {
  /// Measured over neutral material of many people; nil: nobody has measured it.
  public let measured: PersonBaseline?
  /// The place of `neutral` among the labels.
  private let place: Int

  /// - Parameters:
  ///   - measured: over neutral material of many people, with a mean for each label; nil: the default for every head.
  ///   - labels: the model's.
  /// - Returns: nil: the model has no class called `neutral`.
  public init?(_ measured: PersonBaseline? = nil, labels: [String]) {
    guard let place = labels.firstIndex(of: PersonBaseline.label) else { return nil }
    (self.measured, self.place) = (measured, place)
  }

  /// The mean logarithms of the probabilities of a head for neutral people, in the order of the labels.
  ///
  /// Where nobody has measured them, `neutral` gets the largest of the person's own means, and the other classes get the
  /// mean of the rest. So a model that is sure of nothing is not made sure of `neutral`.
  /// - Parameters:
  ///   - head: its name.
  ///   - person: the means of the person who is corrected.
  public func mean(of head: String, for person: [Double]) -> [Double] {
    if let part = measured?.parts[head] { return part.mean }
    guard let largest = person.max(), person.count > 1 else { return person }
    let rest = (person.reduce(0, +) - largest) / Double(person.count - 1)
    return person.indices.map { $0 == place ? largest : rest }
  }
}
