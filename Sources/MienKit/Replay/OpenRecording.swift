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

  /// The first line of the stream that a model makes of it now.
  public func header(_ model: ModelSummary) -> SessionCreated {
    SessionCreated(
      version: mienVersion, source: origin, model: model, hop: source.schedule.hop, face: face.rawValue,
      wall: wallTime())
  }
}
