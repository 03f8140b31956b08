public import Files

extension PersonBaseline {
  /// By head: the means in the order of the labels, and the seconds.
  public var json: JSON {
    .object(
      parts.sorted { $0.key < $1.key }.map { name, part in
        .init(name, ["seconds": .double(part.seconds), "mean": .array(part.mean.map(JSON.double))])
      })
  }

  /// What keeps it from being one of a model with these labels; nil: nothing.
  public func problem(labels: [String]) -> String? {
    guard let wrong = parts.sorted(by: { $0.key < $1.key }).first(where: { $0.value.mean.count != labels.count }) else {
      return nil
    }
    return
      "the head '\(wrong.key.prefix(40))' has \(wrong.value.mean.count) means, but the model has \(labels.count) labels"
  }
}

extension PersonBaseline: Decodable {
  /// More heads than any model has.
  private static let mostHeads = 16

  /// - Throws: `DecodingError` where numbers are no means of logarithms of probabilities.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let parts = try container.decode([String: Part].self)
    guard parts.count <= Self.mostHeads else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "has \(parts.count) heads, at most \(Self.mostHeads) are read")
    }
    self.init(parts: parts)
  }
}

extension PersonBaseline.Part: Decodable {
  private enum Key: String, CodingKey { case seconds, mean }
  /// A year.
  private static let mostSeconds = 31_536_000.0
  /// Far below the logarithm of the smallest float, which no mean of answers passes.
  private static let lowest = -1e6

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func problem(_ key: Key, _ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let seconds = try container.decode(Double.self, forKey: .seconds)
    guard seconds > 0, seconds <= Self.mostSeconds else {
      throw problem(.seconds, "must be above 0 and at most \(Self.mostSeconds), not \(seconds)")
    }
    let mean = try container.decode([Double].self, forKey: .mean)
    guard !mean.isEmpty, mean.allSatisfy({ (Self.lowest...0).contains($0) }) else {
      throw problem(.mean, "must be logarithms of probabilities, from \(Self.lowest) to 0")
    }
    self.init(mean: mean, seconds: seconds)
  }
}
