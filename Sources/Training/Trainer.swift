public import Tensor

/// Training cannot go on: a loss or a gradient is a NaN or an infinity.
public struct TrainingDiverged: Error, Hashable, Sendable, CustomStringConvertible {
  /// The step it was found in, from 0.
  public let step: Int
  /// Where the first bad value stands.
  public let place: Place

  /// In the order in which a step computes.
  public enum Place: Hashable, Sendable {
    /// What the model was given.
    case input
    /// A parameter.
    case value(of: String)
    /// What was computed with a parameter, or from that.
    case result(of: String)
    /// The loss, of outputs that are finite.
    case loss
    case gradient(of: String)
  }

  public init(step: Int, place: Place) { (self.step, self.place) = (step, place) }

  public var description: String {
    let remedy = "lower the learning rate or clip gradients"
    return switch place {
    case .input: "step \(step): what the model was given is not finite"
    case .value(let name):
      "step \(step): \(name) has values that are not finite; begin with other weights, or \(remedy)"
    case .result(let name): "step \(step): what \(name) gives is not finite; \(remedy)"
    case .loss: "step \(step): the loss is not finite; \(remedy)"
    case .gradient(let name): "step \(step): the gradient of \(name) is not finite; \(remedy)"
    }
  }
}

/// What one step did, for a log.
public struct TrainingStep: Hashable, Sendable {
  /// From 0, over the whole run.
  public let step: Int
  /// The mean over the gathered batches that had clips.
  public let loss: Double
  /// Before layer decay.
  public let rate: Double
  /// √Σg² of all gradients, before clipping.
  public let gradientNorm: Double
}

/// Turns the gradients of batches into steps: gathering, clipping, the schedule's rate, and a stop at the first NaN.
///
/// It knows neither the model nor where batches come from. Its whole state is the parameter set and the optimiser's
/// count of steps, so a run goes on from these, bit for bit.
public final class Trainer {
  public let schedule: Schedule
  /// Batches that are gathered for one step.
  public let accumulation: Int
  /// The gradients' largest norm; larger ones are scaled down to it. nil: never.
  public let clipping: Double?

  private let parameters: ParameterSet
  private let optimiser: AdamW
  private let operations: Operations
  private var losses: [Double] = []
  private var gathered = 0

  /// - Parameters:
  ///   - parameters: what is trained.
  ///   - optimiser: over `parameters`; its steps made before say where in the schedule the run goes on.
  ///   - schedule: the learning rate of every step.
  ///   - accumulation: batches that are gathered for one step.
  ///   - clipping: the gradients' largest norm; nil: any.
  ///   - operations: the learner's.
  public init(
    _ parameters: ParameterSet, _ optimiser: AdamW, schedule: Schedule, accumulation: Int = 1, clipping: Double? = nil,
    _ operations: Operations
  ) {
    precondition(accumulation >= 1, "\(accumulation) batches to gather")
    precondition(clipping.map { $0 > 0 } ?? true, "gradients clipped to a norm that is not positive")
    (self.parameters, self.optimiser, self.operations) = (parameters, optimiser, operations)
    (self.schedule, self.accumulation, self.clipping) = (schedule, accumulation, clipping)
    parameters.clearGradients()
  }

  /// Steps made, those before a resume included.
  public var steps: Int { optimiser.steps }

  /// What a learner multiplies a batch's gradients with.
  public var factor: Double { 1 / Double(accumulation) }

  /// Takes note of a batch whose gradients, times ``factor``, have been added; the last of a step makes the step.
  ///
  /// - Parameters:
  ///   - loss: nil for a batch without clips, which only counts. Where all of a step's are, there is no step.
  ///   - bad: where on the way to the loss something was not finite.
  /// - Returns: what was done, or nil while batches are gathered.
  /// - Throws: ``TrainingDiverged``, before the parameters change: at once for a loss, at the step for a gradient.
  public func add(loss: Double?, bad: TrainingDiverged.Place? = nil) throws(TrainingDiverged) -> TrainingStep? {
    if let loss {
      guard loss.isFinite else { throw diverged(bad) }
      losses.append(loss)
    }
    gathered += 1
    guard gathered == accumulation else { return nil }
    gathered = 0
    guard !losses.isEmpty else { return nil }
    // Once a step: a value that is not finite stays in the sum of the step's gradients.
    let norm = parameters.gradientNorm
    guard norm.isFinite else { throw diverged(bad) }
    let shrink = clipping.map { norm > $0 ? $0 / norm : 1 } ?? 1
    let done = TrainingStep(
      step: steps, loss: losses.reduce(0, +) / Double(losses.count), rate: schedule.rate(steps), gradientNorm: norm)
    optimiser.step(rate: done.rate, gradientFactor: shrink, operations)
    parameters.clearGradients()
    losses.removeAll(keepingCapacity: true)
    return done
  }

  private func diverged(_ bad: TrainingDiverged.Place?) -> TrainingDiverged {
    let gradient = parameters.firstBadGradient.map { TrainingDiverged.Place.gradient(of: $0.name) }
    return TrainingDiverged(step: steps, place: bad ?? gradient ?? .loss)
  }
}
