internal import Glibc
public import Tensor

/// Adds gradients in a fixed binary tree, so that the sum's bits do not depend on who computed which part of it.
///
/// The terms are numbered. They are the gradients of a batch's slices, or the sums of equally many slices that several
/// processes have. Neighbours are added first: ((0 + 1) + (2 + 3)) + ((4 + 5) + 6). So the sum of the slices from i · 2ᵏ to
/// before (i + 1) · 2ᵏ is one node of the tree, and whoever has those slices alone computes this node.
///
/// Terms come one after the other, and sums that wait for their right-hand side are kept: at most log₂(terms) of them,
/// the gradients of the parameter set included.
public final class GradientTree {
  private let parameters: ParameterSet
  private let operations: Operations
  /// Terms of this sum, and those that are added.
  private var terms = 0
  private var number = 0
  /// At place k the sum of 2ᵏ terms that waits for its right-hand side.
  private var levels: [FloatBuffer?] = []
  private var spare: [FloatBuffer] = []
  /// What the present term is added to, and each sum in turn to the next.
  private var chain: [FloatBuffer] = []
  /// Where the present term goes, if it is a left-hand side.
  private var store: FloatBuffer?

  /// - Parameters:
  ///   - parameters: get the sum: it is added to their gradients.
  ///   - operations: does the work.
  public init(_ parameters: ParameterSet, _ operations: Operations) {
    (self.parameters, self.operations) = (parameters, operations)
  }

  /// Begins a sum of so many terms.
  public func begin(terms: Int) {
    precondition(number == self.terms && terms > 0, "a sum of \(terms) before the last one was finished")
    (self.terms, number) = (terms, 0)
    // The cleared gradients serve as memory for the first sum, which becomes the whole.
    if parameters.gradientsAreClear { spare.append(parameters.gradients) }
    prepare()
  }

  /// Takes a parameter's gradient in the present term; once for each parameter.
  /// - Parameters:
  ///   - gradient: (1, values); nil: zeros.
  ///   - entry: the parameter.
  /// - Returns: whether this was the last term, so that the parameter's sum is final.
  @discardableResult
  public func add(_ gradient: Matrix?, of entry: ParameterSet.Entry) -> Bool {
    if let store {
      let place = parameters.run(entry, of: store)
      let bytes = entry.range.count * MemoryLayout<Float>.stride
      if let gradient { memcpy(place.base, gradient.base, bytes) } else { memset(place.base, 0, bytes) }
    }
    var carry = gradient
    for buffer in chain {
      let sum = parameters.run(entry, of: buffer)
      if let carry { operations.add(run: carry, to: sum) }
      carry = sum
    }
    return number == terms - 1
  }

  /// All parameters of the present term were given.
  public func endTerm() {
    if number == terms - 1 {
      spare += levels.compactMap { $0 }.filter { $0 !== parameters.gradients }
      levels.removeAll()
      parameters.gradientsAreClear = false
    } else {
      let level = number.trailingOnes
      if levels.count == level { levels.append(nil) }
      // The chain's last sum has all of them now.
      levels[level] = store ?? chain.last
      for lower in 0..<level {
        if lower < level - 1, let free = levels[lower] { spare.append(free) }
        levels[lower] = nil
      }
    }
    number += 1
    if number < terms { prepare() }
  }

  private func prepare() {
    if number == terms - 1 {
      // Everything that waits is added from small to large, and then to the gradients of earlier batches.
      chain = levels.compactMap { $0 }
      let isThere = chain.last === parameters.gradients
      store = chain.isEmpty && parameters.gradientsAreClear ? parameters.gradients : nil
      if !isThere && store == nil { chain.append(parameters.gradients) }
      spare.removeAll { $0 === parameters.gradients }
    } else {
      chain = levels.prefix(number.trailingOnes).compactMap { $0 }
      store = chain.isEmpty ? spare.popLast() ?? FloatBuffer(count: parameters.gradients.count) : nil
    }
  }
}

extension Int {
  /// Ones at the lower end of the binary number.
  fileprivate var trailingOnes: Int { (~self).trailingZeroBitCount }
}
