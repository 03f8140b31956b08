/// Why a running camera gave no more frames.
public enum CameraLoss: Error, Hashable, Sendable, CustomStringConvertible {
  /// The device is gone.
  case unplugged
  /// The driver gave up; the text is the system's.
  case fault(String)
  /// No frame for so long that only opening it anew may help.
  case frozen(seconds: Double)

  public var description: String {
    switch self {
    case .unplugged: "it was unplugged"
    case .fault(let text): "its driver reports an error: \(text)"
    case .frozen(let seconds): "it has been frozen for \(seconds.rounded()) s"
    }
  }
}

/// What happens to a camera in a session, in the order in which it happens.
public enum CameraEvent: Sendable {
  /// It runs, at the start or again after a loss.
  case opened(CameraInfo, CameraMode)
  case frame(CapturedFrame)
  /// No frame for this long, but no error either; once until it thaws.
  case frozen(seconds: Double)
  /// Frames come again after this long.
  case thawed(seconds: Double)
  /// Frames a second fall short of what the camera promised, over several seconds; `remedy` is a sentence.
  case slow(measured: Double, promised: Double, remedy: String?)
  case lost(CameraLoss)
  /// It cannot be opened, and this is tried again and again; once for each reason.
  case waiting(MediaError)
  /// The file that plays a camera is at its end; nothing follows.
  case ended
}

/// What a camera has given so far.
public struct CameraCounters: Hashable, Sendable {
  /// Frames handed on.
  public var frames = 0
  /// Frames that the driver or the bus lost, by gaps in its numbers.
  public var dropped = 0
  /// Buffers that the driver marked as broken, or that were empty or too short. Also gaps in the numbers.
  public var passedOver = 0
  /// Frames whose stamp was not the monotonic clock's, or did not grow: stamped with their arrival.
  public var restamped = 0
  /// Times it was lost.
  public var losses = 0

  public init() {}
}
