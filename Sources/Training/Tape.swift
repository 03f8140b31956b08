internal import Glibc
public import Tensor

/// What was computed, in order, and the way back.
///
/// One pass: record (`Operations.recorded(by:_:)`), give the results' derivatives (``seed(_:)``), go
/// ``backward(final:)``. The gradient of a parameter is handed over when it is final; those of values in between live
/// from the first use of a value to its making, seen from the end, so few exist at once.
public final class Tape: Recorder {
  let parameters: ParameterSet
  let operations: Operations
  private var steps: [Step] = []
  /// The first step that writes into an allocation, by the allocation's number: behind it, on the way back, nobody
  /// wants its gradient any more.
  private var makers: [Int: Int] = [:]
  private var gradients: [Int: FloatBuffer] = [:]
  /// Gradients of parameters that are not final yet, by the parameter's place among the entries.
  private var parameterGradients: [Int: FloatBuffer] = [:]
  /// The first step that uses each parameter; nil: none does.
  private var firstUses: [Int?]
  private let memory: GradientMemory

  public convenience init(_ parameters: ParameterSet, _ operations: Operations) {
    self.init(parameters, operations, GradientMemory())
  }

  /// - Parameter memory: may serve several tapes that go back one after the other.
  init(_ parameters: ParameterSet, _ operations: Operations, _ memory: GradientMemory) {
    (self.parameters, self.operations, self.memory) = (parameters, operations, memory)
    firstUses = [Int?](repeating: nil, count: parameters.entries.count)
  }

  public func record(_ step: Step) {
    // What depends on no parameter has no gradient, nor has what is made of it alone.
    guard step.inputs.contains(where: isWanted) else { return }
    guard let result = operations.arena.allocation(of: step.result) else {
      preconditionFailure("a recorded result lives outside the arena")
    }
    if makers[result.number] == nil { makers[result.number] = steps.count }
    for input in step.inputs {
      if let (entry, _) = parameters.place(of: input), firstUses[entry] == nil { firstUses[entry] = steps.count }
    }
    steps.append(step)
  }

  private func isWanted(_ input: Matrix) -> Bool {
    if parameters.place(of: input) != nil { return true }
    return operations.arena.allocation(of: input).map { makers[$0.number] != nil } ?? false
  }

  /// Where the derivative of the loss with respect to `result` is to be added, before ``backward(final:)``: zeros at
  /// first.
  public func seed(_ result: Matrix) -> Matrix {
    guard let place = sum(for: result) else { preconditionFailure("nothing was recorded for this result") }
    return place
  }

  /// The first step that gave what is not finite, and the parameter that it, or the last step before it with one, used.
  /// Before ``backward(final:)``.
  var firstNotFinite: (step: Int, parameter: String)? {
    var name: String?
    for (index, step) in steps.enumerated() {
      name =
        step.inputs.lazy.compactMap { self.parameters.place(of: $0) }.first
        .map { parameters.entries[$0.entry].name } ?? name
      if let name, !step.result.isFinite { return (index, name) }
    }
    return nil
  }

  /// All parameters in the order in which ``backward(final:)`` tells them: those that nothing was computed with, then
  /// by their first use, the latest first. Known as soon as everything is recorded.
  public var finalOrder: [ParameterSet.Entry] { finals.flatMap { $0.entries }.map { parameters.entries[$0] } }

  /// The parameters that are final before the way back begins (step nil), and behind each of its steps.
  private var finals: [(step: Int?, entries: [Int])] {
    Dictionary(grouping: firstUses.indices, by: { firstUses[$0] })
      .sorted { ($0.key ?? .max) > ($1.key ?? .max) }
      .map { ($0.key, $0.value) }
  }

  /// Goes through all steps from the last to the first, and forgets them.
  ///
  /// - Parameter final: is told each parameter once, as soon as no step that is left can change its gradient; the gradient
  ///   (1, values) lasts for the call. Nil where the loss does not depend on the parameter.
  public func backward(final: (_ entry: ParameterSet.Entry, _ gradient: Matrix?) -> Void) {
    var finals = self.finals[...]
    func tellFinals(behind step: Int?) {
      guard let first = finals.first, first.step == step else { return }
      finals.removeFirst()
      for index in first.entries {
        let (entry, gradient) = (parameters.entries[index], parameterGradients.removeValue(forKey: index))
        final(entry, gradient.map { Matrix($0, rows: 1, columns: entry.range.count) })
        if let gradient { memory.giveBack(gradient) }
      }
    }
    tellFinals(behind: nil)
    for index in steps.indices.reversed() {
      goBack(index)
      tellFinals(behind: index)
    }
    forget()
  }

  /// The same, adding every gradient to its place in the parameter set.
  public func backward() {
    parameters.gradientsAreClear = false
    backward { entry, gradient in
      if let gradient { operations.add(run: gradient, to: parameters.run(entry, of: parameters.gradients)) }
    }
  }

  private func goBack(_ index: Int) {
    let step = steps[index]
    // What has no gradient by now led nowhere.
    guard let result = operations.arena.allocation(of: step.result), let buffer = gradients[result.number] else {
      return
    }
    let dy = view(buffer, of: step.result, in: result)
    let isLast = makers[result.number] == index
    if !(isLast && pass(dy, of: step, from: result)) { backward(step, dy) }
    if isLast, let done = gradients.removeValue(forKey: result.number) { memory.giveBack(done) }
  }

  /// Forgets everything recorded; memory for gradients is kept.
  public func forget() {
    steps.removeAll(keepingCapacity: true)
    makers.removeAll(keepingCapacity: true)
    for index in firstUses.indices { firstUses[index] = nil }
    for buffer in gradients.values { memory.giveBack(buffer) }
    gradients.removeAll(keepingCapacity: true)
    for buffer in parameterGradients.values { memory.giveBack(buffer) }
    parameterGradients.removeAll(keepingCapacity: true)
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
    if let (index, offset) = parameters.place(of: value) { return target(for: value, ofParameter: index, at: offset) }
    guard let allocation = operations.arena.allocation(of: value), makers[allocation.number] != nil else { return nil }
    if let buffer = gradients[allocation.number] { return (view(buffer, of: value, in: allocation), true) }
    let buffer = memory.take(allocation.count)
    gradients[allocation.number] = buffer
    let whole = isWhole(value, allocation)
    if !whole { memset(buffer.base, 0, buffer.count * MemoryLayout<Float>.stride) }
    return (view(buffer, of: value, in: allocation), !whole)
  }

  private func target(for value: Matrix, ofParameter index: Int, at offset: Int) -> (view: Matrix, adding: Bool) {
    func view(_ buffer: FloatBuffer) -> Matrix {
      Matrix(buffer, offset: offset, rows: value.rows, columns: value.columns, rowStride: value.rowStride)
    }
    if let buffer = parameterGradients[index] { return (view(buffer), true) }
    let count = parameters.entries[index].range.count
    let buffer = memory.take(count)
    parameterGradients[index] = buffer
    let isWhole = value.rows * value.columns == count && value.rowStride == value.columns
    if !isWhole { memset(buffer.base, 0, count * MemoryLayout<Float>.stride) }
    return (view(buffer), !isWhole)
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
