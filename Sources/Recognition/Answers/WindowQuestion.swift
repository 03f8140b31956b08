public import Networks
public import Signal

/// What the model is asked about one window. There is one question in flight at a time, with as many answers as it has
/// heads.
public struct WindowQuestion<Crop: Sendable>: Sendable {
  /// As the model is to see it: with the crops of an earlier window where these are held.
  public let window: Window<Crop>
  /// The heads that are to answer, in the order of the answers.
  public let heads: [Head]
}

/// A window on its way to its lines, without the numbers that only the model needs: windows may wait here, so it is small.
public struct PendingWindow: Sendable, Hashable {
  /// Position in the schedule.
  public let index: Int
  public let start, end: Instant
  /// The window's lines without their answers, in order.
  let lines: [EmotionResult]
  /// The head that answers each line; nil: none can.
  let heads: [Head?]
}
