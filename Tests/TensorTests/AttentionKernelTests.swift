import CKernels
import Glibc
import Tensor
import TestSupport
import Testing

/// The attention kernel in f32 at every level that this machine has, beside double precision, in memory that ends where the
/// contract says; other formats are PackedAttentionTests' matter, threads and heads OperationsTests'.
@Suite struct AttentionKernelTests {
  struct Sizes: Sendable, CustomTestStringConvertible {
    let queries, keys, width: Int
    var testDescription: String { "\(queries) queries, \(keys) keys, width \(width)" }
  }

  /// One of everything, edges of every register tile and panel, widths below, between and above panels, the model's own.
  static let sizes = [
    Sizes(queries: 1, keys: 1, width: 1), Sizes(queries: 1, keys: 130, width: 64),
    Sizes(queries: 13, keys: 1, width: 24),
    Sizes(queries: 7, keys: 129, width: 24), Sizes(queries: 12, keys: 32, width: 32),
    Sizes(queries: 6, keys: 16, width: 16),
    Sizes(queries: 25, keys: 47, width: 70), Sizes(queries: 5, keys: 48, width: 33),
    Sizes(queries: 31, keys: 800, width: 64),
  ]

  /// One head's inputs, rows with gaps behind them, and what the kernel makes of them.
  private struct Head {
    let q, k, v, y: Matrix
    let scale: Float

    init(_ sizes: Sizes, times spread: Float) {
      func gapped(_ name: String, _ rows: Int, _ factor: Float) -> Matrix {
        let stride = sizes.width + 5
        let buffer = Hashed.values(name, count: rows * stride) { $0 * factor }
        return Matrix(buffer, rows: rows, columns: sizes.width, rowStride: stride)
      }
      q = gapped("queries", sizes.queries, spread)
      k = gapped("keys", sizes.keys, spread)
      v = gapped("values", sizes.keys, 1)
      y = gapped("results", sizes.queries, 1)
      for row in 0..<y.rows { for gap in y.columns..<y.rowStride { y.base[row * y.rowStride + gap] = 777 } }
      scale = 1 / Float(sizes.width).squareRoot()
    }

    /// Runs the kernel of `level`; false if it wrote over an edge.
    func run(_ level: KernelLevel, logSums: FloatBuffer? = nil) -> Bool {
      func guarded(_ count: Int) -> FloatBuffer {
        let buffer = FloatBuffer(count: count + 16)
        for index in 0..<buffer.count { buffer.base[index] = 777 }
        return buffer
      }
      let (keys, width) = (k.rows, k.columns)
      var buffers: [FloatBuffer] = []
      if let format = Precision.f32.format(at: level)?.pointee {
        let counts = [format.keys_dwords, format.values_dwords, format.attention_dwords].map { $0!(keys, width) }
        buffers = counts.map(guarded)
        let dwords = buffers.map { UnsafeMutableRawPointer($0.base).assumingMemoryBound(to: UInt32.self) }
        format.pack_keys(k.base, k.rowStride, keys, width, dwords[0])
        format.pack_values(v.base, v.rowStride, keys, width, dwords[1])
        format.attention(
          q.base, q.rowStride, dwords[0], dwords[1], y.base, y.rowStride, q.rows, keys, width, scale, logSums?.base,
          dwords[2])
      } else {
        buffers = [guarded(keys)]
        ckernels_attention(
          q.base, q.rowStride, k.base, k.rowStride, v.base, v.rowStride, y.base, y.rowStride, q.rows, keys, width,
          scale, logSums?.base, buffers[0].base)
      }
      return buffers.allSatisfy { buffer in buffer.array.suffix(16).allSatisfy { $0 == 777 } }
        && (0..<y.rows).allSatisfy { row in
          (y.columns..<y.rowStride).allSatisfy { y.base[row * y.rowStride + $0] == 777 }
        }
    }

    /// One row of the result in double precision.
    func truth(_ row: Int) -> [Double] {
      let scores = (0..<k.rows).map { key in
        Double(scale) * (0..<q.columns).reduce(0.0) { $0 + Double(q[row, $1]) * Double(k[key, $1]) }
      }
      let top = scores.max() ?? 0
      let powers = scores.map { exp($0 - top) }
      let total = powers.reduce(0, +)
      return (0..<v.columns).map { column in
        (0..<v.rows).reduce(0.0) { $0 + powers[$1] * Double(v[$1, column]) } / total
      }
    }
  }

  @Test(arguments: KernelLevel.available, sizes) func attention(level: KernelLevel, sizes: Sizes) {
    // The second spread gives scores of some hundreds, where a rounding of the score is magnified by exp.
    for (spread, allowed) in [(Float(1), 1e-6), (12, 3e-5)] {
      var worst = WorstDifference()
      let head = Head(sizes, times: spread)
      #expect(head.run(level), "wrote over an edge")
      for row in 0..<sizes.queries {
        for (column, truth) in head.truth(row).enumerated() {
          worst.see("spread \(spread), query \(row), column \(column)", Double(head.y[row, column]), truth)
        }
      }
      #expect(worst.value < allowed, "\(level): \(worst)")
      print("attention, \(level), \(sizes.testDescription): \(worst)")
    }
  }

  /// What a backward pass is given: log Σ exp of every query's scores.
  @Test(arguments: KernelLevel.available, sizes) func logSums(level: KernelLevel, sizes: Sizes) {
    for spread in [Float(1), 12] {
      let head = Head(sizes, times: spread)
      let sums = FloatBuffer(count: sizes.queries + 1)
      sums.base[sizes.queries] = 777
      #expect(head.run(level, logSums: sums), "wrote over an edge")
      #expect(sums.base[sizes.queries] == 777)
      var worst = WorstDifference()
      for row in 0..<sizes.queries {
        let scores = (0..<sizes.keys).map { key in
          Double(head.scale) * (0..<sizes.width).reduce(0.0) { $0 + Double(head.q[row, $1]) * Double(head.k[key, $1]) }
        }
        let top = scores.max() ?? 0
        let truth = top + log(scores.reduce(0) { $0 + exp($1 - top) })
        worst.see(
          "spread \(spread), query \(row)", Double(sums.base[row]), truth,
          difference: abs(Double(sums.base[row]) - truth) / max(abs(truth), 1))
      }
      #expect(worst.value < 2e-6, "\(level): \(worst)")
    }
  }

  /// All scores far below zero: a padded key's zero must not count as the largest.
  @Test(arguments: KernelLevel.available) func scoresBelowZero(level: KernelLevel) {
    let head = Head(Sizes(queries: 3, keys: 5, width: 4), times: 1)
    for column in 0..<4 {
      for row in 0..<3 { head.q[row, column] = 30 + head.q[row, column] }
      for row in 0..<5 { head.k[row, column] = -30 }
    }
    #expect(head.run(level))
    // Equal keys: the mean of the values.
    for row in 0..<3 {
      for (column, truth) in head.truth(row).enumerated() { #expect(abs(Double(head.y[row, column]) - truth) < 1e-6) }
    }
  }

  @Test(arguments: KernelLevel.available, sizes) func notANumberStaysSo(level: KernelLevel, sizes: Sizes) {
    let (row, key, column) = (sizes.queries - 1, sizes.keys / 2, sizes.width - 1)
    for bad in [Float.nan, .infinity] {
      var head = Head(sizes, times: 1)
      head.q[row, column] = bad
      #expect(head.run(level))
      #expect((0..<sizes.width).allSatisfy { head.y[row, $0].isNaN }, "\(bad) in a query became numbers")
      // Only that query's.
      for other in 0..<row { #expect((0..<sizes.width).allSatisfy { head.y[other, $0].isFinite }) }

      head = Head(sizes, times: 1)
      head.k[key, column] = .nan
      #expect(head.run(level))
      #expect(head.y.array.allSatisfy { $0.isNaN }, "NaN in a key became numbers")

      head = Head(sizes, times: 1)
      head.v[key, column] = bad
      #expect(head.run(level))
      for query in 0..<sizes.queries {
        #expect(!head.y[query, column].isFinite, "\(bad) in a value became a number")
        #expect((0..<column).allSatisfy { head.y[query, $0].isFinite })
      }
    }
  }
}
