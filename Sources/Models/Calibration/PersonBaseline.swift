internal import Glibc

/// What a model answers while one person is neutral, by head: the zero from which that person's expressions are read.
///
/// A model takes some faces at rest for sad and some calm voices for bored. Its mean answer for neutral material of the
/// person shows by how much, and ``corrected(_:of:from:)`` takes that off. The same value over neutral material of many
/// people is the reference: what the model answers for neutral people on average, which is what a corrected neutral
/// window gets.
public struct PersonBaseline: Sendable, Hashable {
  /// What one head answered.
  public struct Part: Sendable, Hashable {
    /// Means of the logarithms of the head's probabilities (nats, temperature 1), in the order of the model's labels.
    public var mean: [Double]
    /// Seconds of material that they are over, each counted by how likely it is neutral.
    public var seconds: Double

    /// - Precondition: A mean for one class at least, and no negative time.
    public init(mean: [Double], seconds: Double) {
      precondition(!mean.isEmpty && seconds >= 0, "no such part of a baseline")
      (self.mean, self.seconds) = (mean, seconds)
    }
  }

  /// Seconds of neutral material with which half of the difference is taken off. Few seconds may be of one sentence or one
  /// grimace; their share is seconds / (seconds + this).
  public static let halfAt = 10.0

  /// The class that a model must have.
  public static let label = "neutral"

  /// By the head's name.
  public private(set) var parts: [String: Part]

  /// Nothing was seen yet, or what was seen before.
  public init(parts: [String: Part] = [:]) { self.parts = parts }

  /// Counts what a head answered for material that is neutral.
  /// - Parameters:
  ///   - logits: the head's outputs, in the order of the labels.
  ///   - head: its name.
  ///   - seconds: how much material that is; 0 counts nothing.
  public mutating func add(_ logits: [Float], of head: String, seconds: Double) {
    guard seconds > 0 else { return }
    let values = Self.logProbabilities(logits)
    guard var part = parts[head] else {
      parts[head] = Part(mean: values, seconds: seconds)
      return
    }
    precondition(part.mean.count == values.count, "\(values.count) outputs where there were \(part.mean.count)")
    part.seconds += seconds
    let weight = seconds / part.seconds
    for i in values.indices { part.mean[i] += weight * (values[i] - part.mean[i]) }
    parts[head] = part
  }

  /// How much of the difference is taken off, from 0 (nothing is known of this head) to below 1.
  public func share(of head: String) -> Double {
    guard let seconds = parts[head]?.seconds else { return 0 }
    return seconds / (seconds + Self.halfAt)
  }

  /// The outputs as if this person's neutral were that of the reference: logits − share · (mean − reference).
  /// - Parameters:
  ///   - logits: the head's outputs, in the order of the labels.
  ///   - head: its name.
  ///   - reference: what neutral people get on average.
  public func corrected(_ logits: [Float], of head: String, from reference: NeutralReference) -> [Float] {
    guard let part = parts[head] else { return logits }
    precondition(part.mean.count == logits.count, "a baseline of another model")
    let (share, zero) = (share(of: head), reference.mean(of: head, for: part.mean))
    return logits.indices.map { Float(Double(logits[$0]) - share * (part.mean[$0] - zero[$0])) }
  }

  /// Logarithms of the probabilities at temperature 1, in double precision.
  static func logProbabilities(_ logits: [Float]) -> [Double] {
    guard let largest = logits.max().map(Double.init) else { return [] }
    let sum = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
    return logits.map { Double($0) - largest - log(sum) }
  }
}
