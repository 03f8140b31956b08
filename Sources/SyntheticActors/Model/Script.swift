/// What an actor plays that is longer than a clip: emotions one after the other.
public struct Script: Hashable, Sendable {
  /// A stretch of one emotion.
  public struct Part: Hashable, Sendable {
    public var emotion: Emotion
    public var intensity = Intensity.medium
    /// Frames, 25 a second.
    public var frames: Int
    /// Nothing is said, though the face goes on.
    public var isSilent = false
    /// A sheet of paper is held before the face.
    public var isHidden = false

    public init(_ emotion: Emotion, frames: Int) { (self.emotion, self.frames) = (emotion, frames) }

    /// `anger:4`, `fear:2.5:high:silent`: an emotion, seconds, then any of low, medium, high, silent, hidden.
    /// - Parameter text: nil comes back for what is none of that, and for less than 1 or more than 600 seconds.
    public init?(_ text: String) {
      let words = text.split(separator: ":", omittingEmptySubsequences: false)
      guard words.count >= 2, let emotion = Emotion.allCases.first(where: { $0.name == words[0] }),
        let seconds = Double(words[1]), (1...600).contains(seconds)
      else { return nil }
      self.init(emotion, frames: Int((seconds * Double(Script.rate)).rounded()))
      for word in words.dropFirst(2) {
        switch word {
        case "silent": isSilent = true
        case "hidden": isHidden = true
        default:
          guard let intensity = Intensity.allCases.first(where: { $0.name == word }) else { return nil }
          self.intensity = intensity
        }
      }
    }
  }

  public var parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }

  /// Pictures a second.
  public static let rate = 25

  public var frames: Int { parts.reduce(0) { $0 + $1.frames } }
  public var seconds: Double { Double(frames) / Double(Self.rate) }

  /// What is played when: a line a part of `start`, `end` (seconds) and `emotion`, with tabs between them and a header.
  public var truth: String {
    var (text, begin) = ("start\tend\temotion\n", 0)
    for part in parts {
      let end = begin + part.frames
      text += "\(Self.seconds(begin))\t\(Self.seconds(end))\t\(part.emotion.name)\n"
      begin = end
    }
    return text
  }

  /// Hundredths are exact: a frame has 40 ms.
  private static func seconds(_ frames: Int) -> String {
    let hundredths = frames * 100 / rate
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
