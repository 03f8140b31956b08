public import Signal

/// What happens to a microphone in a session, in the order in which it happens.
public enum MicrophoneEvent: Sendable {
  /// It is heard from now on.
  case opened(MicrophoneInfo)
  case sound(CapturedAudio)
  /// It was heard and is lost; it is looked for.
  case lost(MediaError)
  /// It cannot be opened, and why; told again when the reason changes.
  case waiting(MediaError)
  /// Open, but nothing has come for so many seconds: the source is suspended, or its server stands still.
  case silent(seconds: Double, isSuspended: Bool)
  /// Something comes again, after so many seconds.
  case resumed(seconds: Double)
  /// A file that stood for a microphone is at its end.
  case finished
}
