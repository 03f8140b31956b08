import Glibc
import Tensor
import TestSupport
import Testing

/// Operations beside plain loops in double precision, at sizes that leave odd edges.
@Suite struct OperationsTests {
  private func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
    Matrix(Hashed.values(name, count: rows * columns), rows: rows, columns: columns)
  }

  @Test(arguments: [(1, 1, 1), (7, 3, 5), (33, 17, 65), (405, 5, 520), (801, 9, 30), (3, 20, 1100)])
  func linear(rows: Int, inner: Int, columns: Int) {
    let operations = Operations(threads: 2)
    let x = matrix("x", rows, inner)
    let weight = matrix("w", columns, inner)
    let bias = matrix("b", 1, columns)
    let residual = matrix("r", rows, columns)
    // A table of one row, repeated for every row of x.
    let table = matrix("t", 1, columns)
    var worst = WorstDifference()
    for (adding, activation) in [
      (nil, Operations.Activation.none), (residual, .none), (table, .none), (nil, .gelu), (residual, .gelu),
    ] as [(Matrix?, Operations.Activation)] {
      let y = operations.linear(x, weight, bias: bias, adding: adding, then: activation)
      for row in 0..<rows {
        for column in 0..<columns {
          var truth = Double(bias[0, column])
          for k in 0..<inner { truth += Double(x[row, k]) * Double(weight[column, k]) }
          if let adding { truth += Double(adding[row % adding.rows, column]) }
          if activation == .gelu { truth *= 0.5 * erfc(-truth / 2.0.squareRoot()) }
          worst.see("\(row), \(column)", Double(y[row, column]), truth)
        }
      }
    }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  @Test(arguments: [(1, 5, 5, 1), (2, 9, 4, 3), (2, 401, 30, 2), (3, 1, 7, 1)])
  func attention(batch: Int, queries: Int, keys: Int, heads: Int) {
    let operations = Operations(threads: 3)
    let width = 6
    let columns = heads * width
    // Views of one wider matrix, as a fused projection would give.
    let wide = matrix("qkv", batch * max(queries, keys), 3 * columns)
    let q = wide.rows(0..<batch * queries).columns(0..<columns)
    let k = wide.rows(0..<batch * keys).columns(columns..<2 * columns)
    let v = wide.rows(0..<batch * keys).columns(2 * columns..<3 * columns)
    let y = operations.attention(q, k, v, batch: batch, heads: heads)
    var worst = WorstDifference()
    for sequence in 0..<batch {
      for head in 0..<heads {
        for query in 0..<queries {
          let weights = (0..<keys).map { key in
            exp(
              (0..<width).reduce(0.0) {
                $0 + Double(q[sequence * queries + query, head * width + $1])
                  * Double(k[sequence * keys + key, head * width + $1])
              } / Double(width).squareRoot())
          }
          let total = weights.reduce(0, +)
          for column in head * width..<(head + 1) * width {
            let truth = (0..<keys).reduce(0.0) { $0 + weights[$1] * Double(v[sequence * keys + $1, column]) } / total
            worst.see(
              "sequence \(sequence), query \(query), column \(column)", Double(y[sequence * queries + query, column]),
              truth)
          }
        }
      }
    }
    #expect(worst.value < 2e-6, "\(worst)")
  }

  /// Every value carries its own place, so that a patch shows where it came from.
  @Test func unfold() {
    let grid = PatchGrid(channels: 3, size: (4, 6, 8), patch: (2, 3, 4))
    let x = Matrix(rows: 2, columns: grid.values)
    for row in 0..<2 { for column in 0..<grid.values { x[row, column] = Float(row * grid.values + column) } }
    let y = Operations(threads: 2).unfold(x, grid)
    #expect(y.rows == 2 * grid.tokens && y.columns == grid.patchValues)
    for sequence in 0..<2 {
      for (t, h, w) in [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 0)] {
        let token = sequence * grid.tokens + (t * 2 + h) * 2 + w
        for channel in 0..<3 {
          for (dt, dh, dw) in [(0, 0, 0), (1, 2, 3), (0, 1, 2), (1, 0, 1)] {
            let place = ((channel * 4 + t * 2 + dt) * 6 + h * 3 + dh) * 8 + w * 4 + dw
            let column = ((channel * 2 + dt) * 3 + dh) * 4 + dw
            #expect(y[token, column] == Float(sequence * grid.values + place))
          }
        }
      }
    }
  }

  @Test func meansAndWeights() {
    let operations = Operations(threads: 2)
    let x = matrix("x", 3 * 50, 20)
    let means = operations.meanOverTokens(x, batch: 3)
    let weights = operations.softmax(matrix("w", 1, 3))
    let sum = operations.weightedSum(means, weights: weights)
    var worst = WorstDifference()
    for column in 0..<20 {
      let truth = (0..<3).map { sequence in
        (0..<50).reduce(0.0) { $0 + Double(x[sequence * 50 + $1, column]) } / 50
      }
      for sequence in 0..<3 {
        worst.see("mean \(sequence), \(column)", Double(means[sequence, column]), truth[sequence])
      }
      worst.see(
        "sum \(column)", Double(sum[0, column]), (0..<3).reduce(0.0) { $0 + truth[$1] * Double(weights[0, $1]) })
    }
    #expect(worst.value < 1e-6, "\(worst)")
    #expect(abs(weights.array.reduce(0, +) - 1) < 1e-6)
  }

  /// The cut covers the result once.
  @Test func tilingsCover() {
    for rows in [0, 1, 15, 16, 128, 399, 400, 401, 800, 1600, 2401] {
      for columns in [1, 17, 256, 384, 512, 513, 768, 1024, 1536, 2048, 2050] {
        let shared = [1, 2, 3, 8].map { Tiling.shared(rows: rows, columns: columns, threads: $0) }
        for tiling in [.blas(rows: rows, columns: columns)] + shared {
          var area = 0
          for tile in 0..<tiling.count {
            let (r, c) = (tiling.rowRange(tile), tiling.columnRange(tile))
            #expect(!r.isEmpty && !c.isEmpty && r.upperBound <= rows && c.upperBound <= columns)
            area += r.count * c.count
          }
          #expect(area == rows * columns)
        }
        let blas = Tiling.blas(rows: rows, columns: columns)
        #expect(blas.tileRows <= 400 && blas.tileColumns <= 1024)
        #expect(rows == 0 || shared[0].count == 1, "one thread has one tile")
        // As many as keep every thread busy, where there are rows or columns enough.
        #expect(max(rows, columns) < 2048 || rows == 0 || (8...16).contains(shared[3].count))
      }
    }
    for queries in [1, 11, 12, 13, 96, 97, 128, 800] {
      for atOnce in [1, 6, 12] {
        let tiling = Tiling.attention(queries: queries, atOnce: atOnce)
        #expect(tiling.tileRows % atOnce == 0)
        #expect((0..<tiling.count).flatMap { Array(tiling.rowRange($0)) } == Array(0..<queries))
      }
    }
  }
}
