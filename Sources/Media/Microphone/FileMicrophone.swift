internal import Signal
internal import Threading

/// A sound file that stands for a microphone: its samples as 16 kHz mono, 20 ms at a time, each when it has sounded.
public final class FileMicrophone: Sendable {
  private let player: FilePlayer
  private let thread: NamedThread

  /// - Parameters:
  ///   - path: anything with sound that `Recording` reads.
  ///   - start: monotonic nanoseconds when time 0 of the file sounds; nil: now. One that has passed is caught up with.
  ///   - loop: whether it begins again at its end, without a gap; otherwise `.finished` is told there.
  ///   - track: which of several tracks of sound; nil: the default one.
  ///   - sink: called on a thread of its own. `.opened` comes first, with the path as the name.
  /// - Throws: `MediaError` if there is no sound in it.
  public init(
    _ path: String, start: Int64? = nil, loop: Bool = false, track: TrackChoice? = nil,
    sink: @escaping @Sendable (MicrophoneEvent) -> Void
  ) throws {
    let player = try FilePlayer(path, start: start, loop: loop, track: track, sink: sink)
    self.player = player
    thread = NamedThread("microphone") { player.run() }
  }

  deinit { stop() }

  /// After it returns the sink is not called. Must not be called from the sink.
  public func stop() {
    player.stop()
    thread.join()
  }
}
