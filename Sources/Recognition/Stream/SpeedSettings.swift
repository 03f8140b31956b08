public import Files
public import Networks
public import Signal

/// Less work a window than the model asks for, at the price of other answers. Off unless somebody asks for it.
public struct SpeedSettings: Sendable, Hashable {
  /// The share of the picture's tokens that is computed: those that change. 1: all. An architecture may know fewer shares
  /// than those from 0 to 1 (`isPossible(for:)`).
  public var videoTokens: Double
  /// A picture is encoded again when it is so old; windows between rest on it and on their own sound. 0: each has its own.
  public var pictureEvery: Instant

  private static let shareRange = 0.0...1.0
  /// For how many seconds a picture can be held.
  public static let secondsRange = 0.0...60.0

  /// - Precondition: A share from 0 to 1, and a time in `secondsRange`.
  public init(videoTokens: Double = 1, pictureEvery: Instant = .zero) {
    precondition(
      Self.shareRange.contains(videoTokens) && Self.secondsRange.contains(pictureEvery.seconds), "no such economy")
    (self.videoTokens, self.pictureEvery) = (videoTokens, pictureEvery)
  }

  /// Nothing is saved.
  public static let none = SpeedSettings()

  /// Whether networks of this architecture can save so much.
  public func isPossible(for architecture: any Architecture) -> Bool {
    let canShare = videoTokens == 1 || architecture.videoTokenShares?.contains(videoTokens) == true
    return canShare && (pictureEvery == .zero || architecture.reusesVideo)
  }

  /// null for none.
  public var json: JSON {
    guard self != .none else { return .null }
    return ["video_tokens": .double(videoTokens), "picture_every_s": .double(pictureEvery.seconds)]
  }
}

extension SpeedSettings: Decodable {
  private enum Key: String, CodingKey { case videoTokens, pictureEveryS }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func number(_ key: Key, in range: ClosedRange<Double>) throws -> Double {
      let value = try container.decode(Double.self, forKey: key)
      guard range.contains(value) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "must be from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    self.init(
      videoTokens: try number(.videoTokens, in: Self.shareRange),
      pictureEvery: Instant(seconds: try number(.pictureEveryS, in: Self.secondsRange)))
  }
}
