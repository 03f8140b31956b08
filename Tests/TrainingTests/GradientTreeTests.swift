import Layers
import Tensor
import TestSupport
import Testing
import Training

/// Sums in the order of the tree, whoever has the terms.
@Suite struct GradientTreeTests {
  private static let sizes = [3, 40]

  private func parameters() throws -> ParameterSet {
    var store = MemoryStore()
    for (index, size) in Self.sizes.enumerated() {
      store.add("\(index)", shape: [size], values: FloatBuffer(count: size))
    }
    let weights = Weights(reading: store)
    for (index, size) in Self.sizes.enumerated() { _ = try weights.parameter("\(index)", [size], fresh: .zeros) }
    return ParameterSet(weights)
  }

  /// Values of very different sizes, so that another order gives other bits.
  private func term(_ number: Int, _ entry: ParameterSet.Entry) -> Matrix {
    let count = entry.range.count
    let values = Hashed.values("term \(number)/\(entry.name)", count: count)
    for index in 0..<count { values.base[index] *= Float(1 << (7 * ((number + index) % 4))) }
    return Matrix(values, rows: 1, columns: count)
  }

  private func add(_ terms: Range<Int>, to parameters: ParameterSet, _ operations: Operations) {
    let tree = GradientTree(parameters, operations)
    tree.begin(terms: terms.count)
    for number in terms {
      for entry in parameters.entries {
        let isFinal = tree.add(term(number, entry), of: entry)
        #expect(isFinal == (number == terms.upperBound - 1))
      }
      tree.endTerm()
    }
  }

  private func bits(_ parameters: ParameterSet) -> [UInt32] { parameters.gradients.array.map(\.bitPattern) }

  /// The tree as its definition has it: the left half is as large as a power of two can be.
  private func expected(_ terms: Range<Int>, _ entry: ParameterSet.Entry) -> [Float] {
    guard terms.count > 1 else { return term(terms.lowerBound, entry).array }
    var half = 1
    while 2 * half < terms.count { half *= 2 }
    let middle = terms.lowerBound + half
    return zip(expected(terms.lowerBound..<middle, entry), expected(middle..<terms.upperBound, entry)).map { $0 + $1 }
  }

  @Test(arguments: 1...9) func neighboursAreAddedFirst(count: Int) throws {
    let parameters = try parameters()
    let operations = Operations(threads: 2)
    add(0..<count, to: parameters, operations)
    for entry in parameters.entries {
      let found = entry.range.map { parameters.gradients.base[$0] }
      #expect(found == expected(0..<count, entry))
      let inOrder = (1..<count).reduce(term(0, entry).array) { sum, number in
        zip(sum, term(number, entry).array).map { $0 + $1 }
      }
      #expect((found == inOrder) == (count < 4) || entry.name == "0")
    }
    // A second batch is added to the first as a whole.
    let first = parameters.gradients.array
    add(0..<count, to: parameters, operations)
    #expect(parameters.gradients.array == first.map { 2 * $0 })
    parameters.clearGradients()
    add(0..<count, to: parameters, operations)
    #expect(parameters.gradients.array == first)
  }

  /// Sums of aligned ranges are nodes: added as terms of a tree of their own they give the whole.
  @Test(arguments: [(7, 2), (7, 4), (8, 4), (5, 1), (9, 8), (3, 2)]) func partsMakeTheWhole(count: Int, size: Int)
    throws
  {
    let operations = Operations()
    let whole = try parameters()
    add(0..<count, to: whole, operations)
    let parts = try stride(from: 0, to: count, by: size).map { first in
      let part = try parameters()
      add(first..<min(first + size, count), to: part, operations)
      return part
    }
    let sum = try parameters()
    let tree = GradientTree(sum, operations)
    tree.begin(terms: parts.count)
    for part in parts {
      for entry in sum.entries { tree.add(part.gradient(of: entry.name), of: entry) }
      tree.endTerm()
    }
    #expect(bits(sum) == bits(whole))
  }

  /// What a term does not have is zero, also where the memory had something.
  @Test func missingGradientsAreZero() throws {
    let parameters = try parameters()
    let tree = GradientTree(parameters, Operations())
    for _ in 0..<2 {
      parameters.clearGradients()
      tree.begin(terms: 4)
      for number in 0..<4 {
        for entry in parameters.entries { tree.add(number == 3 ? term(3, entry) : nil, of: entry) }
        tree.endTerm()
      }
      for entry in parameters.entries {
        #expect(entry.range.map { parameters.gradients.base[$0] } == term(3, entry).array)
      }
      for number in [0, 1, 2, 3] {
        if number == 0 { tree.begin(terms: 4) }
        for entry in parameters.entries { tree.add(term(number, entry), of: entry) }
        tree.endTerm()
      }
    }
  }
}
