import Glibc
import Layers
import Tensor
import TestSupport
import Testing

@Suite struct LayerTests {
  @Test func sinusoidTable() {
    let table = sinusoids(positions: 5, width: 6)
    #expect(table[0, 0] == 0 && table[0, 1] == 1)
    #expect(table[3, 0] == Float(sin(3.0)))
    #expect(table[3, 1] == Float(cos(3.0)))
    #expect(table[4, 2] == Float(sin(4 / pow(10000, 2.0 / 6))))
    #expect(table[4, 5] == Float(cos(4 / pow(10000, 4.0 / 6))))
  }

  /// A batch is its sequences, one by one: nothing leaks between them.
  @Test func batchesAreSequences() throws {
    let weights = Weights(fresh: 5)
    let block = try CrossBlock(weights, width: 128, heads: 2)
    let x = Matrix(Hashed.values("x", count: 3 * 11 * 128), rows: 33, columns: 128)
    let context = Matrix(Hashed.values("context", count: 3 * 7 * 128), rows: 21, columns: 128)
    let operations = Operations(threads: 2)
    let together = block(x, context: context, batch: 3, operations)
    var worst = WorstDifference()
    for sequence in 0..<3 {
      let alone = block(
        x.rows(sequence * 11..<(sequence + 1) * 11), context: context.rows(sequence * 7..<(sequence + 1) * 7), batch: 1,
        operations)
      for row in 0..<11 {
        for column in 0..<128 {
          worst.see(
            "sequence \(sequence), \(row), \(column)", Double(together[sequence * 11 + row, column]),
            Double(alone[row, column]))
        }
      }
    }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  /// Layers leave their input alone and give back all memory but their result's.
  @Test func blocksAreTidy() throws {
    let block = try Block(Weights(fresh: 5), width: 64, heads: 1)
    let x = Matrix(Hashed.values("x", count: 10 * 64), rows: 10, columns: 64)
    let before = x.array
    let operations = Operations()
    let first = block(x, batch: 2, operations)
    let second = block(x, batch: 2, operations)
    #expect(x.array == before)
    #expect(first.array == second.array)
    #expect(first.base + 640 == second.base)
  }
}
