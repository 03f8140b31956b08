internal import Glibc
public import Tensor

/// What was computed, in order, and the way back.
///
/// One pass: record (``Tensor/Operations/recorded(by:_:)``), give the results' derivatives (``seed(_:)``), go
/// ``backward()``. Gradients of parameters are added to their ``ParameterSet``; those of values in between live from
/// the first use of a value to its making, seen from the end, so few exist at once.
public final class Tape: Recorder {
  let parameters: ParameterSet
  let operations: Operations
  private var steps: [Step] = []
  /// The first step that writes into an allocation, by the allocation's number: behind it, on the way back, nobody
  /// wants its gradient any more.
  private var makers: [Int: Int] = [:]
  private var gradients: [Int: FloatBuffer] = [:]
  /// Memory of gradients that are done with, by size.
  private var spare: [Int: [FloatBuffer]] = [:]

  public init(_ parameters: ParameterSet, _ operations: Operations) {
    (self.parameters, self.operations) = (parameters, operations)
  }

  public func record(_ step: Step) {
    // What depends on no parameter has no gradient, nor has what is made of it alone.
    guard step.inputs.contains(where: isWanted) else { return }
    guard let result = operations.arena.allocation(of: step.result) else {
      preconditionFailure("a recorded result lives outside the arena")
    }
    if makers[result.number] == nil { makers[result.number] = steps.count }
    steps.append(step)
  }

  private func isWanted(_ input: Matrix) -> Bool {
    if parameters.gradient(for: input) != nil { return true }
    return operations.arena.allocation(of: input).map { makers[$0.number] != nil } ?? false
  }

  /// Where the derivative of the loss with respect to `result` is to be added, before ``backward()``: zeros at first.
  public func seed(_ result: Matrix) -> Matrix {
    guard let place = sum(for: result) else { preconditionFailure("nothing was recorded for this result") }
    return place
  }

  /// Where among what was recorded the first value stands that is not finite. Before ``backward()``.
  /// - Parameter given: what the model was given, of which it may have seen a part.
  func firstNotFinite(given: [Matrix?]) -> TrainingDiverged.Place {
    guard given.allSatisfy({ $0?.isFinite ?? true }) else { return .input }
    if let entry = parameters.firstBadValue { return .value(of: entry.name) }
    var name: String?
    for step in steps {
      name = step.inputs.lazy.compactMap(parameters.entry(of:)).first?.name ?? name
      if let name, !step.result.isFinite { return .result(of: name) }
    }
    return .loss
  }

  /// Goes through all steps from the last to the first, and forgets them.
  public func backward() {
    for index in steps.indices.reversed() {
      let step = steps[index]
      guard let result = operations.arena.allocation(of: step.result) else { continue }
      // What has no gradient by now led nowhere.
      guard let buffer = gradients[result.number] else { continue }
      let dy = view(buffer, of: step.result, in: result)
      let isLast = makers[result.number] == index
      if !(isLast && pass(dy, of: step, from: result)) { backward(step, dy) }
      if isLast, let done = gradients.removeValue(forKey: result.number) { spare[done.count, default: []].append(done) }
    }
    forget()
  }

  /// Forgets everything recorded; memory for gradients is kept.
  public func forget() {
    steps.removeAll(keepingCapacity: true)
    makers.removeAll(keepingCapacity: true)
    for buffer in gradients.values { spare[buffer.count, default: []].append(buffer) }
    gradients.removeAll(keepingCapacity: true)
  }

  /// Lets the residual of a sum inherit the sum's gradient, if it has none yet: they are the same.
  /// - Returns: whether the step is done with.
  private func pass(_ dy: Matrix, of step: Step, from result: Arena.Allocation) -> Bool {
    guard case .linear(_, _, _, let residual?, _, let y) = step, isWanted(residual) else { return false }
    guard let heir = operations.arena.allocation(of: residual), gradients[heir.number] == nil else { return false }
    guard residual.rows == y.rows && heir.count == result.count && isWhole(residual, heir) && isWhole(y, result) else {
      return false
    }
    backward(step.withoutResidual, dy)
    // If the product's input was the residual itself, its gradient exists by now.
    if let existing = sum(for: residual, ifExists: true) {
      operations.add(dy, to: existing)
    } else {
      gradients[heir.number] = gradients.removeValue(forKey: result.number)
    }
    return true
  }

  private func isWhole(_ view: Matrix, _ allocation: Arena.Allocation) -> Bool {
    view.offset == allocation.offset && view.rows * view.columns == allocation.count && view.rowStride == view.columns
  }

  private func view(_ buffer: FloatBuffer, of value: Matrix, in allocation: Arena.Allocation) -> Matrix {
    Matrix(
      buffer, offset: value.offset - allocation.offset, rows: value.rows, columns: value.columns,
      rowStride: value.rowStride)
  }

  /// Where the gradient of `value` goes: a view, and whether something is there that it is added to. Nil if nobody
  /// wants it.
  func target(for value: Matrix) -> (view: Matrix, adding: Bool)? {
    if let parameter = parameters.gradient(for: value) { return (parameter, true) }
    guard let allocation = operations.arena.allocation(of: value), makers[allocation.number] != nil else { return nil }
    if let buffer = gradients[allocation.number] { return (view(buffer, of: value, in: allocation), true) }
    let buffer = spare[allocation.count]?.popLast() ?? FloatBuffer(count: allocation.count)
    gradients[allocation.number] = buffer
    let whole = isWhole(value, allocation)
    if !whole { memset(buffer.base, 0, buffer.count * MemoryLayout<Float>.stride) }
    return (view(buffer, of: value, in: allocation), !whole)
  }

  /// As ``target(for:)``, for who can only add.
  func sum(for value: Matrix, ifExists: Bool = false) -> Matrix? {
    if ifExists {
      guard let allocation = operations.arena.allocation(of: value), gradients[allocation.number] != nil else {
        return nil
      }
    }
    guard let (view, adding) = target(for: value) else { return nil }
    if !adding { memset(view.base, 0, view.rows * view.columns * MemoryLayout<Float>.stride) }
    return view
  }
}

extension Matrix {
  fileprivate var isFinite: Bool {
    (0..<rows).allSatisfy { row in (0..<columns).allSatisfy { self[row, $0].isFinite } }
  }
}

extension Step {
  /// What it was computed from.
  fileprivate var inputs: [Matrix] {
    switch self {
    case .linear(let x, let weight, let bias, let residual, _, _):
      [x, weight] + [bias, residual].compactMap { $0 }
    case .layerNorm(let x, let weight, let bias, _, _): [x, weight, bias]
    case .attention(let q, let k, let v, _, _, _, _): [q, k, v]
    case .meanOverTokens(let x, _), .softmax(let x, _), .copy(let x, _), .gather(let x, _, _): [x]
    case .weightedSum(let terms, let weights, _): [terms, weights]
    case .filled(let x, let token, _, _): [x, token]
    case .scaledSum(let branch, _, let residual, _): [branch, residual]
    }
  }

  fileprivate var result: Matrix {
    switch self {
    case .linear(_, _, _, _, _, let y), .layerNorm(_, _, _, _, let y), .attention(_, _, _, _, _, _, let y),
      .meanOverTokens(_, let y), .softmax(_, let y), .weightedSum(_, _, let y), .copy(_, let y), .gather(_, _, let y),
      .filled(_, _, _, let y), .scaledSum(_, _, _, let y):
      y
    }
  }

  fileprivate var withoutResidual: Step {
    guard case .linear(let x, let weight, let bias, _, let preactivation, let y) = self else { return self }
    return .linear(x: x, weight: weight, bias: bias, residual: nil, preactivation: preactivation, y: y)
  }
}
