public import Files
public import Networks

/// The temperatures that a model's outputs are divided by before they become probabilities, so that a probability of 70 % is
/// right in about 70 % of the cases.
///
/// One temperature for all classes (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2): the order
/// of the classes, and so every answer's top, stays as it was. A model with several heads has one for each, because a head
/// that sees a face may be careless where one that hears a voice is too careful.
public struct ModelCalibration: Sendable, Hashable {
  /// The range of temperatures. For outputs that are always right the best temperature would be zero; the fit stops at the
  /// lower end.
  public static let temperatures = 0.05...20.0

  /// Of all answers, whichever head gave them.
  public var all: Fit
  /// Of heads by their names, where a model has several; those that are not here have that of all.
  public var heads: [String: Fit]

  /// A temperature, and what it does.
  public struct Fit: Sendable, Hashable {
    /// Divides a head's outputs; above 1 makes probabilities more careful. From ``ModelCalibration/temperatures``.
    public var temperature: Double
    /// Windows that it was fitted on.
    public var windows: Int
    /// Expected calibration error and mean negative log-likelihood (nats) of those windows, without it and with it.
    public var before, after: Reliability

    public init(temperature: Double, windows: Int, before: Reliability, after: Reliability) {
      (self.temperature, self.windows, self.before, self.after) = (temperature, windows, before, after)
    }
  }

  /// How reliable probabilities are.
  public struct Reliability: Sendable, Hashable, Codable {
    public var ece, nll: Double

    public init(ece: Double, nll: Double) { (self.ece, self.nll) = (ece, nll) }
  }

  public init(_ all: Fit, heads: [String: Fit] = [:]) { (self.all, self.heads) = (all, heads) }

  /// What divides the outputs of a head.
  public func temperature(of head: Head) -> Double { (heads[head.name] ?? all).temperature }

  /// As streams and manifests say it.
  public var json: JSON {
    var members = all.members
    if !heads.isEmpty {
      let fits = heads.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .object($0.value.members)) }
      members.append(.init("heads", .object(fits)))
    }
    return .object(members)
  }
}

extension ModelCalibration.Fit {
  fileprivate var members: [JSON.Member] {
    func words(_ reliability: ModelCalibration.Reliability) -> JSON {
      ["ece": .double(reliability.ece), "nll": .double(reliability.nll)]
    }
    return [
      .init("temperature", .double(temperature)), .init("windows", .int(windows)), .init("before", words(before)),
      .init("after", words(after)),
    ]
  }
}

extension ModelCalibration: Decodable {
  private enum Key: String, CodingKey { case heads }

  public init(from decoder: any Decoder) throws {
    all = try Fit(from: decoder)
    heads = try decoder.container(keyedBy: Key.self).decodeIfPresent([String: Fit].self, forKey: .heads) ?? [:]
  }
}

extension ModelCalibration.Fit: Decodable {
  private enum Key: String, CodingKey { case temperature, windows, before, after }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    temperature = try container.decode(Double.self, forKey: .temperature)
    windows = try container.decode(Int.self, forKey: .windows)
    guard windows > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .windows, in: container, debugDescription: "must be 1 or more, not \(windows)")
    }
    before = try container.decode(ModelCalibration.Reliability.self, forKey: .before)
    after = try container.decode(ModelCalibration.Reliability.self, forKey: .after)
    let range = ModelCalibration.temperatures
    guard range.contains(temperature) else {
      throw DecodingError.dataCorruptedError(
        forKey: .temperature, in: container,
        debugDescription: "must be from \(range.lowerBound) to \(range.upperBound), not \(temperature)")
    }
  }
}
