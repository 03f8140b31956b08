/// The six emotions, numbered as CREMA-D's labels are.
public enum Emotion: Int, CaseIterable, Hashable, Sendable {
  case anger, disgust, fear, happiness, neutral, sadness

  public var name: String { "\(self)" }

  /// Valence and arousal of a middling intensity, from −1 to 1.
  var affect: (valence: Double, arousal: Double) {
    switch self {
    case .anger: (-0.6, 0.7)
    case .disgust: (-0.6, 0.2)
    case .fear: (-0.6, 0.5)
    case .happiness: (0.75, 0.5)
    case .neutral: (0, 0)
    case .sadness: (-0.6, -0.5)
    }
  }
}

/// How strongly an emotion is shown.
public enum Intensity: Int, CaseIterable, Hashable, Sendable {
  case low, medium, high

  public var name: String { "\(self)" }

  /// What an emotion's distance from neutral is multiplied by.
  public var factor: Double { [0.8, 1, 1.2][rawValue] }
}

/// Which part of the set a clip is in. No actor is in two.
public enum Split: String, CaseIterable, Hashable, Sendable { case train, val, test }
