public import Tensor

/// The way there and back for one batch in slices, and the sum of the slices' gradients.
///
/// A slice is a fixed number of neighbouring clips. Its gradient is computed by itself, over all operations, and a
/// ``GradientTree`` adds the slices' gradients. So the gradient of a batch has the same bits whether one process computes
/// all slices or several share them. All slices go forward before any goes back, because a loss may look at the whole
/// batch.
public final class SlicedPass {
  /// Clips of a slice. Fewer would cost time (smaller products), more would leave fewer slices to share. Part of what
  /// decides a run's bits.
  public static let clips = 4

  private let clips: Int
  private let parameters: ParameterSet
  private let operations: Operations
  private let tree: GradientTree
  private let memory = GradientMemory()
  /// One for each slice; kept for the next batch.
  private var tapes: [Tape] = []
  private var slices: [Range<Int>] = []

  /// - Parameters:
  ///   - parameters: get the gradients.
  ///   - operations: the learner's.
  ///   - clips: of a slice.
  public init(_ parameters: ParameterSet, _ operations: Operations, clips: Int = SlicedPass.clips) {
    precondition(clips > 0, "slices of \(clips) clips")
    (self.parameters, self.operations, self.clips) = (parameters, operations, clips)
    tree = GradientTree(parameters, operations)
  }

  /// Resets the operations, forgets the last batch, and computes and records every slice of this one.
  ///
  /// - Parameters:
  ///   - batch: how many clips the batch has.
  ///   - body: makes the outputs of some of the batch's clips, counted from 0.
  /// - Returns: the slices' clips and outputs, in order; memory of the operations.
  public func forward<Output>(
    clips batch: Int, _ body: (_ clips: Range<Int>) -> Output
  ) -> [(clips: Range<Int>, output: Output)] {
    operations.reset()
    for tape in tapes { tape.forget() }
    slices = stride(from: 0, to: batch, by: clips).map { $0..<min($0 + clips, batch) }
    while tapes.count < slices.count { tapes.append(Tape(parameters, operations, memory)) }
    return zip(slices, tapes).map { slice, tape in (slice, operations.recorded(by: tape) { body(slice) }) }
  }

  /// Where the derivative of the loss with respect to an output of a slice is to be added: zeros at first.
  public func seed(_ output: Matrix, ofSlice slice: Int) -> Matrix { tapes[slice].seed(output) }

  /// Adds the learner's rows of `gradient`, of all clips of the batch, to the seeds of the slices' outputs.
  package func seed(_ outputs: [Matrix], with gradient: Matrix, _ part: BatchPart) {
    for (index, output) in outputs.enumerated() {
      let rows = part.first + slices[index].lowerBound..<part.first + slices[index].upperBound
      operations.add(gradient.rows(rows), to: seed(output, ofSlice: index))
    }
  }

  /// Where among what was recorded the first value stands that is not finite. Before ``backward(final:)``.
  /// - Parameter given: what the model was given, of which it may have seen a part.
  package func firstNotFinite(given: [Matrix?]) -> TrainingDiverged.Place {
    guard given.allSatisfy({ $0?.isFinite ?? true }) else { return .input }
    if let entry = parameters.firstBadValue { return .value(of: entry.name) }
    let found = zip(slices, tapes).compactMap { $1.firstNotFinite }
    return found.min { $0.step < $1.step }.map { .result(of: $0.parameter) } ?? .loss
  }

  /// Goes back slice by slice and adds the gradient of the batch to the parameters' gradients.
  ///
  /// - Parameter final: is told every parameter once, as soon as its gradient of this batch is final.
  public func backward(final: (_ entry: ParameterSet.Entry) -> Void = { _ in }) {
    tree.begin(terms: slices.count)
    for (_, tape) in zip(slices, tapes) {
      tape.backward { entry, gradient in if tree.add(gradient, of: entry) { final(entry) } }
      tree.endTerm()
    }
  }
}

extension Matrix {
  var isFinite: Bool {
    (0..<rows).allSatisfy { row in (0..<columns).allSatisfy { self[row, $0].isFinite } }
  }
}
