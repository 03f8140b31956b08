public import Recognition
public import Signal

/// A recording that is open for reading, and what a stream says of it.
public struct OpenRecording {
  /// Its frames and samples. Whoever wants to see them on their way puts a source of its own around this one.
  public var source: any ReplaySource
  /// Where it comes from.
  public let origin: SessionCreated.Source
  /// Whom is followed.
  public let face: FaceChoice
  /// Seconds; nil: unknown.
  public let duration: Double?

  /// The session in which a model answers its windows now. Nothing is read before it runs.
  /// - Parameters:
  ///   - recognizer: answers the windows.
  ///   - speed: seconds of the recording a second; nil: as fast as it goes.
  ///   - stop: asked between windows and reads; a reason ends the session.
  ///   - sink: gets every event in order; what it throws ends the session at once.
  public func session(
    _ recognizer: Recognizer, speed: Double? = nil, stop: @escaping () -> SessionClosed.Reason? = { nil },
    sink: @escaping (StreamEvent) throws -> Void
  ) -> ReplaySession {
    ReplaySession(
      header: header(recognizer.model), source: source, recognizer: recognizer, speed: speed, clock: SteadyClock(),
      stop: stop, sink: sink)
  }

  /// The first line of the stream that a model makes of it now.
  public func header(_ model: ModelSummary) -> SessionCreated {
    SessionCreated(
      version: mienVersion, source: origin, model: model, hop: source.schedule.hop, face: face.rawValue,
      wall: wallTime())
  }
}
