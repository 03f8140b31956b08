internal import Clips
internal import Files

/// How many batches and steps a run has, and where in it a batch is; pure arithmetic.
public struct RunPlan: Hashable, Sendable {
  public let batchesAnEpoch, accumulate, steps: Int

  /// - Throws: `FileError` if the list has too few clips for a step.
  public init(_ settings: RunSettings) throws {
    let clips = settings.data.clips ?? 0
    (batchesAnEpoch, accumulate) = (try Self.batches(settings, clips: clips), settings.optimisation.accumulate)
    steps = settings.optimisation.steps
  }

  /// Steps that an epoch of the settings' list has, whatever their number of steps.
  /// - Throws: as `init`.
  public static func stepsAnEpoch(_ settings: RunSettings) throws -> Int {
    try batches(settings, clips: settings.data.clips ?? 0) / settings.optimisation.accumulate
  }

  private static func batches(_ settings: RunSettings, clips: Int) throws -> Int {
    let wanted = settings.optimisation
    let order = EpochOrder(
      clips: clips, batch: wanted.batch, seed: nil, dropsRest: true, group: wanted.accumulate)
    guard order.batches > 0 else {
      throw FileError(
        .usage, path: settings.data.path,
        problem: "its \(clips) clips are fewer than \(wanted.accumulate) batches of \(wanted.batch), which make a step",
        remedy: "lower --batch or --accumulate")
    }
    return order.batches
  }

  public var batches: Int { steps * accumulate }
  public var epochs: Int { (batches + batchesAnEpoch - 1) / batchesAnEpoch }

  /// Whether an epoch, or the run, ends after so many batches.
  public func endsEpoch(after batches: Int) -> Bool { batches % batchesAnEpoch == 0 || batches == self.batches }
}
