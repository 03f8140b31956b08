/// What a network takes of one modality of a window.
public enum InputShape: Hashable, Sendable {
  /// Pictures of a face: (3, frames, side, side), red, green and blue, normalised.
  case pictures(frames: Int, side: Int)
  /// A log-mel spectrogram: (rows, bins), normalised; a row every 10 ms.
  case spectrogram(rows: Int, bins: Int)
  /// Vectors that another network computed before: (steps, width).
  case features(steps: Int, width: Int)

  /// Values of one window.
  public var count: Int {
    switch self {
    case .pictures(let frames, let side): 3 * frames * side * side
    case .spectrogram(let rows, let bins): rows * bins
    case .features(let steps, let width): steps * width
    }
  }
}

extension InputShape: CustomStringConvertible {
  /// As messages name it.
  public var description: String {
    switch self {
    case .pictures(let frames, let side): "\(frames) pictures of \(side)×\(side)"
    case .spectrogram(let rows, let bins): "a spectrogram of \(rows)×\(bins)"
    case .features(let steps, let width): "features of \(steps)×\(width)"
    }
  }
}

/// What a network takes of a window.
public struct InputShapes: Hashable, Sendable {
  /// nil: the network does not look at this modality.
  public var video, audio: InputShape?

  public init(video: InputShape?, audio: InputShape?) { (self.video, self.audio) = (video, audio) }

  /// Whether the network reads features that other networks computed, of all its modalities.
  public var areFeatures: Bool {
    let shapes = [video, audio].compactMap { $0 }
    return !shapes.isEmpty
      && shapes.allSatisfy {
        if case .features = $0 { return true }
        return false
      }
  }

  /// Those that the network looks at.
  public var modalities: Modalities { Modalities(video: video != nil, audio: audio != nil) }
}
