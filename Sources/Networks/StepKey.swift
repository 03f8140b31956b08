/// What tells a step of a window from all others of the session: steps with the same key have the same values.
public struct StepKey: Hashable, Sendable {
  /// Where the step stands in its track: a frame's time, or a row's number.
  public var place: Int
  /// What else tells it apart: whose face it shows, which frame of several at one time, which phase rows have.
  public var part, source: Int

  public init(place: Int, part: Int = 0, source: Int = 0) {
    (self.place, self.part, self.source) = (place, part, source)
  }

  /// The key of the step so many places later.
  public func advanced(by places: Int) -> StepKey { StepKey(place: place + places, part: part, source: source) }
}
