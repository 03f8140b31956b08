/// How much of each modality a window needs. A modality comes into use with more of it than it needs to stay in use, so that
/// a short gap does not change what answers rest on.
public struct WindowEvidence: Hashable, Sendable {
  /// Of the 16 slots, those with a person's face: so many for the video to come into use, and so many for it to stay.
  public var enteringSlots, remainingSlots: Int
  /// Of the samples of a window, the share that exists, in percent; likewise for the audio.
  public var enteringCoverage, remainingCoverage: Int

  /// - Precondition: No modality needs more to stay in use than to come into use.
  public init(enteringSlots: Int, remainingSlots: Int, enteringCoverage: Int, remainingCoverage: Int) {
    precondition(
      (1...enteringSlots).contains(remainingSlots) && (0...enteringCoverage).contains(remainingCoverage),
      "more is needed to stay than to enter")
    (self.enteringSlots, self.remainingSlots) = (enteringSlots, remainingSlots)
    (self.enteringCoverage, self.remainingCoverage) = (enteringCoverage, remainingCoverage)
  }

  /// A modality is in use exactly where a window has enough of it: for models that answer from one set of modalities.
  public static let fixed = WindowEvidence(
    enteringSlots: 12, remainingSlots: 12, enteringCoverage: 90, remainingCoverage: 90)
  /// A modality that is in use survives a gap of a second: for models that answer from what is there. 8 slots are what a
  /// gap of 1.28 s leaves; 60 % are what a gap of 1.02 s leaves.
  public static let lasting = WindowEvidence(
    enteringSlots: 12, remainingSlots: 8, enteringCoverage: 90, remainingCoverage: 60)
}
