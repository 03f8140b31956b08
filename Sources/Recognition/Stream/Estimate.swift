import Glibc
public import Networks

/// A model's answer for one window or clip, in the order of the model's labels.
public struct Estimate: Sendable, Hashable {
  /// The head's outputs.
  public var outputs: [Float]
  /// Probabilities that sum to one for a classifier; the outputs themselves for a regression.
  public var values: [Float]
  /// Position of the largest probability (the first of equals); nil for a regression.
  public var top: Int?
  /// Attributes that are answered beside classes, in the model's order; nil: there are none.
  public var attributes: [Float]?

  /// - Parameters:
  ///   - outputs: the head's, in the order of the labels.
  ///   - task: what they mean.
  ///   - temperature: divides a classifier's outputs before they become probabilities.
  public init(outputs: [Float], task: Head.Task, temperature: Double = 1) {
    self.outputs = outputs
    switch task {
    case .classification:
      values = Self.softmax(outputs, temperature: temperature).map { Float($0) }
      top = Self.argmax(values)
    case .regression:
      values = outputs
      top = nil
    }
  }

  /// exp((x − max) / temperature) over their sum, in double precision and in the order of the values, so that equal logits give equal
  /// bits wherever they come from.
  public static func softmax(_ logits: [Float], temperature: Double = 1) -> [Double] {
    guard let largest = logits.max() else { return [] }
    let powers = logits.map { exp((Double($0) - Double(largest)) / temperature) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// The first position of the largest value; nil if there is none.
  public static func argmax<Value: Comparable>(_ values: [Value]) -> Int? {
    var best: Int?
    for i in values.indices where best.map({ values[i] > values[$0] }) ?? true { best = i }
    return best
  }
}
