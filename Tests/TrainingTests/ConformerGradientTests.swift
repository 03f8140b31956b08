import Glibc
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// The ways back through what a conformer and a convolutional network are made of, beside central differences in double
/// precision, with every kernel level, with padding and at sizes that leave odd edges.
@Suite struct ConformerGradientTests {
  private func check(_ all: GradientCase..., within allowed: Double = 5e-6) throws {
    for one in all {
      for level in KernelLevel.available {
        let worst = try one.worst(level: level)
        #expect(worst.value < allowed, "\(worst)")
        print("gradient: \(worst)")
      }
    }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test func gates() throws {
    try check(
      GradientCase(
        name: "swish", shapes: [(7, 19)], operation: { $1.swish($0[0]) },
        reference: { inputs in
          Grid(7, 19) { inputs[0][$0, $1] * sigmoid(inputs[0][$0, $1]) }
        }),
      GradientCase(
        name: "gate", shapes: [(7, 38)], operation: { $1.gate($0[0]) },
        reference: { inputs in
          Grid(7, 19) { inputs[0][$0, $1] * sigmoid(inputs[0][$0, 19 + $1]) }
        }),
      // Hashed values stay away from the kink at zero by more than the step.
      GradientCase(
        name: "relu", shapes: [(7, 19)], operation: { $1.relu($0[0]) },
        reference: { inputs in
          Grid(7, 19) { max(0, inputs[0][$0, $1]) }
        }))
  }

  @Test func meansOfRowsThatCount() throws {
    let sequences = PaddedSequences(tokens: 5, lengths: [5, 2, 1])
    try check(
      GradientCase(
        name: "mean over rows", shapes: [(15, 9)], operation: { $1.meanOverTokens($0[0], sequences) },
        reference: { inputs in
          Grid(3, 9) { sequence, column in
            sequences.rows(of: sequence).reduce(0) { $0 + inputs[0][$1, column] } / Double(sequences.lengths[sequence])
          }
        }))
  }

  @Test(arguments: [[4, 4], [4, 1, 3]]) func batchNorm(lengths: [Int]) throws {
    let sequences = PaddedSequences(tokens: 4, lengths: lengths)
    let rows = (0..<sequences.batch).flatMap { Array(sequences.rows(of: $0)) }
    try check(
      GradientCase(
        name: "batch norm \(lengths)", shapes: [(sequences.rows, 19), (1, 19), (1, 19)],
        operation: { $1.batchNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-5, sequences).y },
        reference: { inputs in
          let x = inputs[0]
          var y = Grid(x.rows, x.columns)
          for column in 0..<x.columns {
            let mean = rows.reduce(0) { $0 + x[$1, column] } / Double(rows.count)
            let variance = rows.reduce(0) { $0 + pow(x[$1, column] - mean, 2) } / Double(rows.count)
            for row in rows {
              y[row, column] =
                (x[row, column] - mean) / (variance + 1e-5).squareRoot() * inputs[1][0, column] + inputs[2][0, column]
            }
          }
          return y
        }))
  }

  /// More taps than steps, and fewer.
  @Test(arguments: [3, 7, 31]) func depthwise(taps: Int) throws {
    let sequences = PaddedSequences(tokens: 6, lengths: [6, 3, 1])
    try check(
      GradientCase(
        name: "depthwise \(taps)", shapes: [(18, 19), (19, taps)],
        operation: { $1.depthwise($0[0], weight: $0[1], sequences) },
        reference: { inputs in
          var y = Grid(18, 19)
          for sequence in 0..<3 {
            let rows = sequences.rows(of: sequence)
            for row in rows {
              for tap in 0..<taps where rows.contains(row + tap - taps / 2) {
                for column in 0..<19 {
                  y[row, column] += inputs[1][column, tap] * inputs[0][row + tap - taps / 2, column]
                }
              }
            }
          }
          return y
        }))
  }

  @Test(arguments: [[5, 5], [1, 5, 3]]) func relativeAttention(lengths: [Int]) throws {
    let (heads, width, tokens) = (2, 3, 5)
    let sequences = PaddedSequences(tokens: tokens, lengths: lengths)
    let (rows, columns) = (sequences.rows, heads * width)
    try check(
      GradientCase(
        name: "relative attention \(lengths)",
        shapes: [
          (rows, columns), (rows, columns), (rows, columns), (2 * tokens - 1, columns), (1, columns), (1, columns),
        ],
        operation: { inputs, operations in
          operations.relativeAttention(
            RelativeAttentionInput(
              q: inputs[0], k: inputs[1], v: inputs[2], positions: inputs[3], contentBias: inputs[4],
              positionBias: inputs[5], sequences: sequences, heads: heads))
        },
        reference: { relativeAttention($0, sequences, heads: heads, width: width) }))
  }

  private func relativeAttention(_ x: [Grid], _ sequences: PaddedSequences, heads: Int, width: Int) -> Grid {
    var y = Grid(sequences.rows, heads * width)
    for sequence in 0..<sequences.batch {
      let rows = sequences.rows(of: sequence)
      for head in 0..<heads {
        let columns = head * width..<(head + 1) * width
        for query in rows {
          let scores = rows.map { key in
            columns.reduce(0) { sum, column in
              // A key at the same place has distance 0.
              let position = x[3][sequences.tokens - 1 - (query - key), column]
              return sum + (x[0][query, column] + x[4][0, column]) * x[1][key, column]
                + (x[0][query, column] + x[5][0, column]) * position
            } / Double(width).squareRoot()
          }
          let powers = scores.map { exp($0 - (scores.max() ?? 0)) }
          for column in columns {
            y[query, column] = zip(rows, powers).reduce(0) { $0 + $1.1 * x[2][$1.0, column] } / powers.reduce(0, +)
          }
        }
      }
    }
    return y
  }

  @Test(arguments: [(3, 1), (3, 2), (1, 1), (5, 3)]) func convolution(kernel: Int, stride: Int) throws {
    let grid = ConvolutionGrid(channels: 3, height: 5, width: 4, kernel: kernel, stride: stride)
    try check(
      GradientCase(
        name: "convolution \(kernel) by \(stride)", shapes: [(2 * grid.places, 3), (7, grid.patchValues)],
        operation: { $1.linear($1.unfold($0[0], grid), $0[1], bias: nil) },
        reference: { inputs in
          Grid(2 * grid.results, 7) { result, output in
            let (picture, place) = (result / grid.results, result % grid.results)
            var sum = 0.0
            for down in 0..<kernel {
              for across in 0..<kernel {
                let row = place / grid.resultWidth * stride + down - kernel / 2
                let column = place % grid.resultWidth * stride + across - kernel / 2
                guard 0..<5 ~= row && 0..<4 ~= column else { continue }
                for channel in 0..<3 {
                  sum +=
                    inputs[0][picture * grid.places + row * 4 + column, channel]
                    * inputs[1][output, (down * kernel + across) * 3 + channel]
                }
              }
            }
            return sum
          }
        }))
  }

  @Test func dropout() throws {
    let dropout = Dropout(rate: 0.4, seed: 3)
    let operations = Operations()
    let ones = Matrix(FloatBuffer([Float](repeating: 1, count: 2 * 50 * 31)), rows: 100, columns: 31)
    let factors = operations.dropout(ones, dropout, batch: 2).array
    #expect(Set(factors) == [0, Float(1 / 0.6)])
    let left = Double(factors.count { $0 == 0 }) / Double(factors.count)
    #expect(abs(left - 0.4) < 0.03, "\(left) of the values were left out")
    // A sequence has its own chances wherever a batch is cut.
    let second = operations.dropout(ones.rows(50..<100), dropout.from(1), batch: 1).array
    #expect(second == Array(factors[(50 * 31)...]) && second != Array(factors[..<(50 * 31)]))
    #expect(operations.dropout(ones, dropout.named("a"), batch: 2).array != factors)
    try check(
      GradientCase(
        name: "dropout", shapes: [(100, 31)], operation: { $1.dropout($0[0], dropout, batch: 2) },
        reference: { inputs in
          Grid(100, 31) { inputs[0][$0, $1] * Double(factors[$0 * 31 + $1]) }
        }))
  }
}
