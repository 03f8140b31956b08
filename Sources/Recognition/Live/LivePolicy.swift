internal import Signal

/// How long a live session waits, in nanoseconds, and for what.
public struct LivePolicy: Sendable, Hashable {
  /// What a frame and a sound may take from their moment to here in ordinary operation.
  public var videoLateness: Int64 = 300_000_000
  public var audioLateness: Int64 = 250_000_000
  /// A device that is open is waited for so long altogether; once it has given nothing for that time, only its ordinary
  /// lateness is allowed until it gives something again, so that one stall delays one window and not all.
  public var patience: Int64 = 1_000_000_000
  /// For what was still on its way when a device went.
  public var goneLateness: Int64 = 100_000_000
  /// Between two `clock` lines.
  public var clockInterval: Int64 = 30_000_000_000
  /// Complete windows that are still answered after a stop, besides the one in flight; older ones are skipped.
  public var windowsAfterStop = 4
  /// Results without an answer that may wait behind a busy model; beyond, the oldest are skipped.
  public var waitingResults = 256

  public init() {}
}

/// A modality's device in a live session.
public enum LiveDevice: Sendable, Hashable, CaseIterable {
  case camera, microphone

  /// What became of it.
  public enum Change: Sendable, Hashable {
    /// Not there at the begin; it is waited for.
    case waiting
    /// It delivers, for the first time.
    case opened
    /// Unplugged, or its server ended.
    case lost
    /// Open, but it gives nothing.
    case frozen
    /// It delivers again after `lost` or `frozen`.
    case back
  }
}

/// What was lost before it came to the session, as the queues ahead of it counted.
public struct LiveLosses: Sendable, Hashable {
  /// Frames that were captured and dropped by a full queue, or that did not decode.
  public var frames: Int
  /// Samples of sound dropped by full queues.
  public var samples: Int

  public init(frames: Int = 0, samples: Int = 0) { (self.frames, self.samples) = (frames, samples) }
}

extension StreamStatus {
  /// A device's change in the stream's words.
  init(_ device: LiveDevice, _ change: LiveDevice.Change, _ message: String, start: Instant) {
    let (camera, microphone, level): (Code, Code, Level) =
      switch change {
      case .waiting: (.cameraWaiting, .microphoneWaiting, .warning)
      case .opened: (.cameraOpened, .microphoneOpened, .info)
      case .lost: (.cameraLost, .microphoneLost, .warning)
      case .frozen: (.cameraFrozen, .microphoneFrozen, .warning)
      case .back: (.cameraBack, .microphoneBack, .info)
      }
    self.init(device == .camera ? camera : microphone, level, message, start: start)
  }
}
