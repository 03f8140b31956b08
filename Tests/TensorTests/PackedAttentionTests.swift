import CKernels
import Glibc
import Tensor
import TestSupport
import Testing

/// Attention on packed operands beside double precision; see also AttentionKernelTests.
@Suite struct PackedAttentionTests {
  struct Sizes: Sendable, CustomTestStringConvertible {
    let queries, keys, width: Int
    var testDescription: String { "\(queries) queries, \(keys) keys, width \(width)" }
  }

  static let sizes = [
    Sizes(queries: 1, keys: 1, width: 1), Sizes(queries: 1, keys: 130, width: 64),
    Sizes(queries: 13, keys: 1, width: 24), Sizes(queries: 7, keys: 129, width: 24),
    Sizes(queries: 25, keys: 47, width: 70), Sizes(queries: 5, keys: 48, width: 33),
    Sizes(queries: 31, keys: 800, width: 64),
  ]

  /// Spreads: scores within a few units; of some ten; and of hundreds, where no power of two without the largest score
  /// taken off would be a float.
  @Test(arguments: WeightPacking.withAttention, sizes)
  func attention(packing: WeightPacking, sizes: Sizes) throws {
    for spread in [Float(1), 4, 40] {
      func gapped(_ name: String, _ rows: Int, _ factor: Float) -> Matrix {
        let stride = sizes.width + 5
        return Matrix(
          Hashed.values(name, count: rows * stride) { $0 * factor }, rows: rows, columns: sizes.width, rowStride: stride
        )
      }
      let (q, k) = (gapped("queries", sizes.queries, spread), gapped("keys", sizes.keys, spread))
      let v = gapped("values", sizes.keys, 1)
      let operations = Operations(level: packing.level, packing: packing)
      let y = operations.attention(q, k, v, batch: 1, heads: 1)
      let scale = 1 / Float(sizes.width).squareRoot()
      var worst = WorstDifference()
      for row in 0..<sizes.queries {
        let scores = (0..<sizes.keys).map { key in
          Double(scale) * (0..<sizes.width).reduce(0.0) { $0 + Double(q[row, $1]) * Double(k[key, $1]) }
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let total = powers.reduce(0, +)
        for column in 0..<sizes.width {
          let truth = (0..<sizes.keys).reduce(0.0) { $0 + powers[$1] * Double(v[$1, column]) } / total
          worst.see("spread \(spread), query \(row), column \(column)", Double(y[row, column]), truth)
        }
      }
      // Rounding a score, of up to spread² · √width or so, magnifies by exp.
      let score = Double(spread * spread) * Double(sizes.width).squareRoot()
      let allowed = packing.precision == .f32 ? 1e-6 + 1e-7 * score : 8e-3 + 6e-3 * score
      #expect(worst.value < min(allowed, 1), "\(packing), \(sizes), spread \(spread): \(worst)")
    }
  }

  /// Whole sequences and heads, with edges of blocks: the same bits at any number of threads, a sequence is by itself.
  @Test(arguments: WeightPacking.withAttention) func batchesAndThreads(packing: WeightPacking) {
    let (batch, tokens, heads, width) = (2, 101, 3, 16)
    func tokensOf(_ name: String) -> Matrix {
      Matrix(
        Hashed.values(name, count: batch * tokens * heads * width), rows: batch * tokens, columns: heads * width)
    }
    let (q, k, v) = (tokensOf("q"), tokensOf("k"), tokensOf("v"))
    func run(_ threads: Int) -> [Float] {
      Operations(threads: threads, level: packing.level, packing: packing).attention(
        q, k, v, batch: batch, heads: heads
      )
      .array
    }
    let one = run(1)
    for threads in 2...3 { #expect(run(threads) == one, "\(threads) threads differ from 1") }
    let second = tokens..<2 * tokens
    let alone = Operations(level: packing.level, packing: packing).attention(
      q.rows(second), k.rows(second), v.rows(second), batch: 1, heads: heads)
    #expect(alone.array == Array(one.suffix(alone.rows * alone.columns)))
  }

  /// Many small weights, e^-gap of the largest one each, below what a byte can hold beside it, count with their sum.
  @Test(arguments: WeightPacking.withAttention, [6.4, 9.2])
  func manySmallWeights(packing: WeightPacking, gap: Double) {
    let (queries, keys, width) = (24, 800, 16)
    let q = Matrix(Hashed.values("q", count: queries * width) { _ in 4 }, rows: queries, columns: width)
    let k = Matrix(Hashed.values("k", count: keys * width) { _ in 0 }, rows: keys, columns: width)
    for column in 0..<width { k[5, column] = Float(gap) / 16 }
    let v = Matrix(Hashed.values("v", count: keys * width), rows: keys, columns: width)
    for column in 0..<width { v[5, column] = 3 }
    let y = Operations(level: packing.level, packing: packing).attention(q, k, v, batch: 1, heads: 1)
    let large = exp(gap)
    for column in 0..<width {
      let others = (0..<keys).filter { $0 != 5 }.reduce(0.0) { $0 + Double(v[$1, column]) }
      let truth = (3 * large + others) / (large + Double(keys - 1))
      let worst = (0..<queries).map { abs(Double(y[$0, column]) - truth) }.max() ?? 0
      let allowed = packing.precision == .f32 ? 1e-5 : 0.08
      #expect(worst < allowed, "\(packing), gap \(gap), column \(column): off by \(worst)")
      // Rows differ in what rounding does to them, so that it goes away over some of them.
      let mean = (0..<queries).reduce(0.0) { $0 + Double(y[$1, column]) } / Double(queries)
      #expect(abs(mean - truth) < 0.02, "\(packing), gap \(gap), column \(column): a mean of \(mean) for \(truth)")
    }
  }

  /// What all keys have in common changes no weight, and what all values have is in the result: neither costs an 8-bit
  /// integer its range.
  @Test(arguments: WeightPacking.withAttention.filter { $0.precision == .int8 })
  func commonPartsCostNothing(packing: WeightPacking) {
    func tokens(_ name: String, _ shift: Float) -> Matrix {
      Matrix(Hashed.values(name, count: 100 * 32) { $0 + shift }, rows: 100, columns: 32)
    }
    let operations = Operations(level: packing.level, packing: packing)
    let q = tokens("q", 0)
    let plain = operations.attention(q, tokens("k", 0), tokens("v", 0), batch: 1, heads: 2)
    let shifted = operations.attention(q, tokens("k", 30), tokens("v", 30), batch: 1, heads: 2)
    for row in 0..<100 {
      for column in 0..<32 { #expect(abs(shifted[row, column] - 30 - plain[row, column]) < 2e-3) }
    }
  }

  /// A query's NaN is its own, a value's its column's; a key's, or an infinite one, is everybody's.
  /// Whatever bits say NaN.
  @Test(arguments: WeightPacking.withAttention, [Float.nan, Float(bitPattern: 0x7fc0_0001), .infinity])
  func strangeValuesStaySo(
    packing: WeightPacking, value: Float
  ) {
    func tokens(_ name: String) -> Matrix { Matrix(Hashed.values(name, count: 30 * 20), rows: 30, columns: 20) }
    let (q, k, v) = (tokens("q"), tokens("k"), tokens("v"))
    let operations = Operations(level: packing.level, packing: packing)
    q[17, 3] = value
    let first = operations.attention(q, k, v, batch: 1, heads: 1)
    for row in 0..<30 { #expect((0..<20).allSatisfy { first[row, $0].isFinite } == (row != 17)) }
    q[17, 3] = 0
    v[11, 7] = value
    let third = operations.attention(q, k, v, batch: 1, heads: 1)
    for column in 0..<20 { #expect((0..<30).allSatisfy { third[$0, column].isFinite } == (column != 7)) }
    k[8, 19] = value.isNaN ? value : .nan
    let second = operations.attention(q, k, v, batch: 1, heads: 1)
    #expect(second.array.allSatisfy { $0.isNaN })
  }

  /// Of a training's attention, the last one.
  private final class LastStep: Recorder {
    var logSums: Matrix?
    func record(_ step: Step) { if case .attention(_, _, _, _, _, let logSums, _) = step { self.logSums = logSums } }
  }

  /// The way back finds the weights of the way there again: a query's add up to 1, though its scores are some hundreds, which
  /// another rounding would move by a half.
  @Test(arguments: WeightPacking.ofFloats) func theWayBackHasTheSameWeights(packing: WeightPacking) throws {
    let (queries, keys, width) = (15, 70, 24)
    func tokens(_ name: String, _ rows: Int, _ factor: Float) -> Matrix {
      Matrix(Hashed.values(name, count: rows * width) { $0 * factor }, rows: rows, columns: width)
    }
    let (q, k, v) = (tokens("q", queries, 40), tokens("k", keys, 40), tokens("v", keys, 1))
    let operations = Operations(level: packing.level, training: packing.precision)
    let last = LastStep()
    let y = operations.recorded(by: last) { operations.attention(q, k, v, batch: 1, heads: 1) }
    // Query r's derivative is 1 in column r only, so that column r of dv has its weights.
    let (dy, dv) = (tokens("dy", queries, 0), tokens("dv", keys, 0))
    for row in 0..<queries { dy[row, row] = 1 }
    operations.attentionGradient(
      q, k, v, batch: 1, heads: 1, logSums: try #require(last.logSums), y: y, dy: dy, dq: tokens("dq", queries, 0),
      dk: tokens("dk", keys, 0), dv: dv)
    for query in 0..<queries {
      let sum = (0..<keys).reduce(0.0) { $0 + Double(dv[$1, query]) }
      #expect(abs(sum - 1) < (packing.precision == .f32 ? 1e-3 : 1e-2), "\(packing), query \(query): \(sum)")
    }
  }
}
