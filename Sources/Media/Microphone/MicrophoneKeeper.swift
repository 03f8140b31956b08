internal import Files
public import Signal
internal import Threading

/// A microphone that is heard while it is there, and looked for while it is not; or a sound file that stands for one.
public final class MicrophoneKeeper: Sendable {
  /// What was lost or corrected on the way from the microphone.
  public struct Counters: Hashable, Sendable {
    /// Gaps, slips and samples cut.
    public var clock = AudioClock.Counters()
    /// Fragments that were lost because the sink was too slow.
    public var dropped = 0
    /// Parts per million that the sound card runs faster than 16 kHz.
    public var ppm = 0.0
    public init() {}
  }

  private enum Kept {
    case file(FileMicrophone)
    case source(MicrophoneListener, NamedThread)
  }
  private let kept: Kept

  /// - Parameters:
  ///   - wanted: "auto" (the server's default source), a source's name, a part of a name or description that only one
  ///     source has, or the path of a sound file.
  ///   - server: its address as in PULSE_SERVER; nil: the user's own.
  ///   - start: monotonic nanoseconds when time 0 of a file sounds; nil: now.
  ///   - loop: whether a file begins again at its end.
  ///   - track: which of several tracks of sound of a file; nil: the default one.
  ///   - sink: called on one thread of the keeper's own, one event after the other. While it blocks, fragments wait
  ///     (80 s of them, then the newest are lost and counted).
  /// - Throws: `MediaError` if a file cannot be read as sound. A microphone that cannot be opened is an event.
  public init(
    wanted: String, server: String? = nil, start: Int64? = nil, loop: Bool = false, track: TrackChoice? = nil,
    sink: @escaping @Sendable (MicrophoneEvent) -> Void
  ) throws {
    if isFile(wanted) {
      kept = .file(try FileMicrophone(wanted, start: start, loop: loop, track: track, sink: sink))
    } else {
      let listener = MicrophoneListener(wanted: wanted, server: server, sink: sink)
      kept = .source(listener, NamedThread("microphone") { listener.run() })
    }
  }

  deinit { stop() }

  public var counters: Counters {
    switch kept {
    case .file: Counters()
    case .source(let listener, _): listener.counters
    }
  }

  /// Ends it. The sink gets what was held back before this returns, and nothing after. Must not be called from the sink.
  public func stop() {
    switch kept {
    case .file(let file): file.stop()
    case .source(let listener, let thread):
      listener.stop()
      thread.join()
    }
  }
}
