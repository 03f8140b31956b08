public import Files

/// The temperature that a model's outputs are divided by before they become probabilities, so that a probability of 70 % is
/// right in about 70 % of the cases.
///
/// One temperature for all classes (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2): the order
/// of the classes, and so every answer's top, stays as it was.
public struct ModelCalibration: Sendable, Hashable {
  /// The range of temperatures. For outputs that are always right the best temperature would be zero; the fit stops at the
  /// lower end.
  public static let temperatures = 0.05...20.0

  /// Divides the head's outputs; above 1 makes probabilities more careful. From ``temperatures``.
  public var temperature: Double
  /// Windows that it was fitted on.
  public var windows: Int
  /// Expected calibration error and mean negative log-likelihood (nats) of those windows, without it and with it.
  public var before, after: Reliability

  /// How reliable probabilities are.
  public struct Reliability: Sendable, Hashable, Codable {
    public var ece, nll: Double

    public init(ece: Double, nll: Double) { (self.ece, self.nll) = (ece, nll) }
  }

  public init(temperature: Double, windows: Int, before: Reliability, after: Reliability) {
    (self.temperature, self.windows, self.before, self.after) = (temperature, windows, before, after)
  }

  /// As streams and manifests say it.
  public var json: JSON {
    func words(_ reliability: Reliability) -> JSON {
      ["ece": .double(reliability.ece), "nll": .double(reliability.nll)]
    }
    return [
      "temperature": .double(temperature), "windows": .int(windows), "before": words(before), "after": words(after),
    ]
  }
}

extension ModelCalibration: Decodable {
  private enum Key: String, CodingKey { case temperature, windows, before, after }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    temperature = try container.decode(Double.self, forKey: .temperature)
    windows = try container.decode(Int.self, forKey: .windows)
    guard windows > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .windows, in: container, debugDescription: "must be 1 or more, not \(windows)")
    }
    before = try container.decode(Reliability.self, forKey: .before)
    after = try container.decode(Reliability.self, forKey: .after)
    guard Self.temperatures.contains(temperature) else {
      throw DecodingError.dataCorruptedError(
        forKey: .temperature, in: container,
        debugDescription:
          "must be from \(Self.temperatures.lowerBound) to \(Self.temperatures.upperBound), not \(temperature)")
    }
  }
}
