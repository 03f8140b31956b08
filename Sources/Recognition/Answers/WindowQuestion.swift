public import Networks
public import Signal

/// What the model is asked about one window. There is one question in flight at a time, with as many answers as it has
/// parts.
public struct WindowQuestion<Crop: Sendable>: Sendable {
  /// One answer that is asked for.
  public struct Part: Sendable, Hashable {
    public let head: Head
    /// Whose crops the head needs, a place in the window's `people`; nil: the head does not rest on video.
    public let person: Int?
  }

  /// As the model is to see it: with the crops of earlier windows where these are held.
  public let window: Window<Crop>
  /// In the order of the answers; at least one.
  public let parts: [Part]
}

/// A window on its way to its lines, without the numbers that only the model needs: windows may wait here, so it is small.
public struct PendingWindow: Sendable, Hashable {
  /// A line without its answer.
  struct Line: Sendable, Hashable {
    var result: EmotionResult
    /// The place of its answer among the question's; nil: no head can answer.
    var answer: Int?
  }

  /// Position in the schedule.
  public let index: Int
  public let start, end: Instant
  /// In order, the person in front first; at least one, because a window in which nobody is has a line, too.
  let lines: [Line]
  /// Of the answers that the lines wait for, in their order.
  let heads: [Head]
}
