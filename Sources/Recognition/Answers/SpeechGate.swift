/// Whether sound in which nobody speaks is used.
public enum SpeechGate: String, Codable, Hashable, Sendable, CaseIterable {
  /// It is not: another head answers, or none. Where no head can do without the audio, one that looks at the video, too, answers
  /// all the same.
  case auto
  /// It is.
  case off

  /// The shares of a window's time that sound like speech with which the audio comes into use, and stays in use.
  static let (entering, remaining) = (0.06, 0.03)
}

/// Decides from window to window whether somebody speaks. A pure state machine over all windows of a session in their
/// order, answered or not.
struct SpeechUse: Sendable {
  private var isSpeech = false

  /// - Parameter share: of the window's time that sounds like speech; nil: there is no sound.
  /// - Returns: whether somebody speaks.
  mutating func take(_ share: Double?) -> Bool {
    isSpeech = share.map { $0 >= (isSpeech ? SpeechGate.remaining : SpeechGate.entering) } ?? false
    return isSpeech
  }
}
