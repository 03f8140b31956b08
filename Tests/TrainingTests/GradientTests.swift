import Glibc
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// Every operation's way back beside central differences in double precision, with every kernel level, at sizes that
/// leave odd edges.
@Suite struct GradientTests {
  private func check(_ all: GradientCase..., within allowed: Double = 3e-6) throws {
    for one in all {
      for level in KernelLevel.available {
        let worst = try one.worst(level: level)
        #expect(worst.value < allowed, "\(worst)")
        print("gradient: \(worst)")
      }
    }
  }

  private func gelu(_ x: Grid) -> Grid {
    Grid(x.rows, x.columns) { x[$0, $1] * 0.5 * erfc(-x[$0, $1] / 2.0.squareRoot()) }
  }

  @Test func linear() throws {
    try check(
      GradientCase(
        name: "linear", shapes: [(7, 5), (19, 5), (1, 19)],
        operation: { $1.linear($0[0], $0[1], bias: $0[2]) }, reference: { $0[0].timesTransposed($0[1]) + $0[2] }),
      GradientCase(
        name: "linear without bias, with residual", shapes: [(7, 5), (19, 5), (7, 19)],
        operation: { $1.linear($0[0], $0[1], bias: nil, adding: $0[2]) },
        reference: { $0[0].timesTransposed($0[1]) + $0[2] }),
      GradientCase(
        name: "linear with a repeated residual", shapes: [(6, 5), (3, 5), (1, 3), (2, 3)],
        operation: { $1.linear($0[0], $0[1], bias: $0[2], adding: $0[3]) },
        reference: { $0[0].timesTransposed($0[1]) + $0[2] + $0[3] }),
      GradientCase(
        name: "linear and GELU", shapes: [(7, 5), (37, 5), (1, 37)],
        operation: { $1.linear($0[0], $0[1], bias: $0[2], then: .gelu) },
        reference: { gelu($0[0].timesTransposed($0[1]) + $0[2]) }),
      // A residual that is made of something, and inherits the sum's gradient; then one that is also the input.
      GradientCase(
        name: "a chain of residuals", shapes: [(7, 5), (5, 5), (1, 5), (5, 5)],
        operation: { inputs, operations in
          let first = operations.linear(inputs[0], inputs[1], bias: inputs[2])
          let second = operations.linear(
            operations.linear(first, inputs[1], bias: nil, then: .gelu), inputs[3], bias: nil, adding: first)
          return operations.linear(second, inputs[3], bias: inputs[2], adding: second, then: .gelu)
        },
        reference: { inputs in
          let first = inputs[0].timesTransposed(inputs[1]) + inputs[2]
          let second = gelu(first.timesTransposed(inputs[1])).timesTransposed(inputs[3]) + first
          return gelu(second.timesTransposed(inputs[3]) + inputs[2] + second)
        }))
  }

  /// More rows than a tile, whose sums are added up.
  @Test(arguments: [(3, 5), (130, 19), (4, 64)]) func layerNorm(rows: Int, columns: Int) throws {
    try check(
      GradientCase(
        name: "layer norm \(rows)×\(columns)", shapes: [(rows, columns), (1, columns), (1, columns)],
        operation: { $1.layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-6) },
        reference: { inputs in
          let x = inputs[0]
          let moments = (0..<x.rows).map { row in
            let mean = (0..<x.columns).reduce(0) { $0 + x[row, $1] } / Double(x.columns)
            let variance = (0..<x.columns).reduce(0) { $0 + pow(x[row, $1] - mean, 2) } / Double(x.columns)
            return (mean, (variance + 1e-6).squareRoot())
          }
          return Grid(x.rows, x.columns) {
            (x[$0, $1] - moments[$0].0) / moments[$0].1 * inputs[1][0, $1] + inputs[2][0, $1]
          }
        }))
  }

  private func attention(_ q: Grid, _ k: Grid, _ v: Grid, batch: Int, heads: Int) -> Grid {
    let (queries, keys, width) = (q.rows / batch, k.rows / batch, q.columns / heads)
    var result = Grid(q.rows, q.columns)
    for row in 0..<q.rows {
      let first = row / queries * keys
      for head in 0..<heads {
        let columns = head * width..<(head + 1) * width
        let powers = (first..<first + keys).map { key in
          exp(columns.reduce(0) { $0 + q[row, $1] * k[key, $1] } / Double(width).squareRoot())
        }
        let total = powers.reduce(0, +)
        for column in columns {
          result[row, column] = (0..<keys).reduce(0) { $0 + powers[$1] / total * v[first + $1, column] }
        }
      }
    }
    return result
  }

  /// Views of one projection; more queries than are taken at once.
  @Test(arguments: [(1, 70, 1, 3), (2, 5, 2, 4), (3, 1, 1, 2), (1, 33, 1, 17)])
  func selfAttention(batch: Int, tokens: Int, heads: Int, width: Int) throws {
    let columns = heads * width
    try check(
      GradientCase(
        name: "self-attention of \(batch)×\(tokens), \(heads) heads of \(width)",
        shapes: [(batch * tokens, 3 * columns)],
        operation: {
          $1.attention(
            $0[0].columns(0..<columns), $0[0].columns(columns..<2 * columns), $0[0].columns(2 * columns..<3 * columns),
            batch: batch, heads: heads)
        },
        reference: {
          attention(
            $0[0].columns(0..<columns), $0[0].columns(columns..<2 * columns), $0[0].columns(2 * columns..<3 * columns),
            batch: batch, heads: heads)
        }), within: 1e-5)
  }

  @Test(arguments: [(1, 66, 3), (2, 3, 19), (2, 4, 1)]) func crossAttention(batch: Int, queries: Int, keys: Int) throws
  {
    try check(
      GradientCase(
        name: "cross-attention of \(batch)×\(queries) to \(keys)",
        shapes: [(batch * queries, 4), (batch * keys, 4), (batch * keys, 4)],
        operation: { $1.attention($0[0], $0[1], $0[2], batch: batch, heads: 2) },
        reference: { attention($0[0], $0[1], $0[2], batch: batch, heads: 2) }), within: 1e-5)
  }

  @Test func tokens() throws {
    let positions = Matrix(Hashed.values("positions", count: 5 * 3), rows: 5, columns: 3)
    let rest = TokenChoice(tokens: 5, places: [[1, 4, 0], [2, 3, 4]])
    try check(
      GradientCase(
        name: "gather", shapes: [(6, 3)], operation: { $1.gather($0[0], rows: [4, 0, 3, 4]) },
        reference: { input in Grid(4, 3) { input[0][[4, 0, 3, 4][$0], $1] } }),
      GradientCase(
        name: "filled", shapes: [(4, 3), (1, 3)],
        operation: { $1.filled($0[0], token: $0[1], positions: positions, rest: rest) },
        reference: { input in
          Grid(10, 3) { row, column in
            let (sequence, place) = (row / 5, row % 5)
            if place < 2 { return input[0][sequence * 2 + place, column] }
            return input[1][0, column] + Double(positions[rest.places[sequence * 3 + place - 2], column])
          }
        }),
      GradientCase(
        name: "mean over tokens", shapes: [(14, 5)], operation: { $1.meanOverTokens($0[0], batch: 2) },
        reference: { input in
          Grid(2, 5) { sequence, column in (0..<7).reduce(0) { $0 + input[0][sequence * 7 + $1, column] } / 7 }
        }))
  }

  /// Branches left out, kept as they are, and made up for; the residual is one that others use too.
  @Test func scaledSum() throws {
    let factors: [Float] = [0, 1, 1.25]
    try check(
      GradientCase(
        name: "scaled sum", shapes: [(6, 5), (6, 5), (5, 5)],
        operation: { inputs, operations in
          let residual = operations.linear(inputs[1], inputs[2], bias: nil)
          let y = operations.scaledSum(inputs[0], factors: factors, adding: residual)
          return operations.linear(y, inputs[2], bias: nil, adding: residual)
        },
        reference: { inputs in
          let residual = inputs[1].timesTransposed(inputs[2])
          let y = residual + Grid(6, 5) { Double(factors[$0 / 2]) * inputs[0][$0, $1] }
          return y.timesTransposed(inputs[2]) + residual
        }))
  }

  @Test func layerFusion() throws {
    try check(
      GradientCase(
        name: "softmax and weighted sum", shapes: [(6, 5), (1, 3)],
        operation: { $1.weightedSum($0[0], weights: $1.softmax($0[1])) },
        reference: { input in
          let powers = input[1].values.map { exp($0) }
          let total = powers.reduce(0, +)
          return Grid(2, 5) { row, column in
            (0..<3).reduce(0) { $0 + powers[$1] / total * input[0][$1 * 2 + row, column] }
          }
        }))
  }

  /// A product with a bias that is put together from parts, as layers do.
  @Test func biasOfParts() throws {
    try check(
      GradientCase(
        name: "bias of parts", shapes: [(4, 3), (6, 3), (1, 2), (1, 2)],
        operation: { inputs, operations in
          let bias = operations.matrix(rows: 1, columns: 6)
          operations.copy(inputs[2], into: bias.columns(0..<2))
          operations.copy(nil, into: bias.columns(2..<4))
          operations.copy(inputs[3], into: bias.columns(4..<6))
          return operations.linear(inputs[0], inputs[1], bias: bias)
        },
        reference: { inputs in
          inputs[0].timesTransposed(inputs[1])
            + Grid(1, 6) { $1 < 2 ? inputs[2][0, $1] : $1 < 4 ? 0 : inputs[3][0, $1 - 4] }
        }))
  }
}
