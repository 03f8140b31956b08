import Glibc
internal import Models
public import Networks

/// A model's answer for one window or clip, in the order of the model's labels.
public struct Estimate: Sendable, Hashable {
  /// The head's outputs.
  public var outputs: [Float]
  /// Probabilities that sum to one for a classifier; the outputs themselves for a regression.
  public var values: [Float]
  /// Position of the largest probability (the first of equals); nil for a regression.
  public var top: Int?
  /// Attributes that are answered beside classes, in the model's order; nil: there are none, or nothing is known of them.
  public var attributes: [Float]?
  /// What a person's baseline has changed; nil: no baseline is asked for.
  public private(set) var corrected: Corrected?

  /// An answer from which a person's neutral is taken off.
  public struct Corrected: Sendable, Hashable {
    /// The probabilities without the baseline.
    public var raw: [Float]
    /// The share of the difference that is taken off, from 0 to 1.
    public var share: Double
  }

  /// The probabilities without a baseline.
  var modelValues: [Float] { corrected?.raw ?? values }

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

  /// Takes a person's neutral off the probabilities of a classifier; ``outputs`` stay.
  /// - Parameters:
  ///   - person: of the person.
  ///   - head: that answered.
  ///   - reference: where the person's neutral is moved to.
  ///   - temperature: divides the corrected outputs before they become probabilities.
  mutating func correct(
    by person: PersonBaseline, of head: Head, to reference: NeutralReference, temperature: Double
  ) {
    let outputs = person.corrected(outputs, of: head.name, from: reference)
    corrected = Corrected(raw: values, share: person.share(of: head.name))
    values = Self.softmax(outputs, temperature: temperature).map { Float($0) }
    top = Self.argmax(values)
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
