internal import Recognition

/// Why a model cannot save what was asked for.
public enum EconomyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The model's architecture does not know this share of the picture's tokens.
  case videoTokens(Double, model: String, possible: ClosedRange<Double>)
  /// An encoded picture cannot be held for so many seconds.
  case pictureEvery(Double)

  public var description: String {
    switch self {
    case .videoTokens(let share, let model, let possible):
      "\(model) can compute from \(possible.lowerBound) to \(possible.upperBound) of the picture's tokens, not \(share)"
    case .pictureEvery(let seconds):
      "a picture can be held for \(SpeedSettings.secondsRange.lowerBound) to \(SpeedSettings.secondsRange.upperBound) s, not \(seconds)"
    }
  }
}
