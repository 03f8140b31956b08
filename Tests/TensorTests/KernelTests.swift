import CKernels
import Glibc
import Tensor
import TestSupport
import Testing

/// Every kernel at every level that this machine has, beside double precision.
@Suite struct KernelTests {
  /// Widths with and without tails, for 8 and 16 lanes and their unrolled loops.
  static let widths = [1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 127, 128, 384, 512, 800, 803]

  private func kernels(_ level: KernelLevel) throws -> ckernels_table { try #require(level.table).pointee }

  /// Values, with a row stride that leaves a gap behind every row, filled with a value that must survive.
  private func rows(_ name: String, _ rows: Int, _ columns: Int, times scale: Float) -> Matrix {
    let buffer = Hashed.values(name, count: rows * (columns + 5)) { $0 * scale }
    for row in 0..<rows { for gap in columns..<columns + 5 { buffer.base[row * (columns + 5) + gap] = 777 } }
    return Matrix(buffer, rows: rows, columns: columns, rowStride: columns + 5)
  }

  private func gapsSurvive(_ x: Matrix) -> Bool {
    (0..<x.rows).allSatisfy { row in (0..<5).allSatisfy { x.base[row * x.rowStride + x.columns + $0] == 777 } }
  }

  /// Distance in units of the last place of the expected float.
  private func ulps(_ found: Float, _ expected: Double) -> Double {
    abs(Double(found) - expected) / Double(max(Float(abs(expected)).ulp, 1e-38))
  }

  @Test(arguments: KernelLevel.available) func softmax(level: KernelLevel) throws {
    let kernels = try kernels(level)
    var worst = WorstDifference()
    for width in Self.widths {
      for (spread, scale) in [(Float(1), Float(1)), (30, 0.125), (1e4, 1), (3e38, 1e-30)] {
        let x = rows("softmax", 3, width, times: spread)
        let truth = (0..<3).map { row -> [Double] in
          // The scale as the kernel has it, in float32.
          let z = (0..<width).map { Double(x[row, $0]) * Double(scale) }
          let top = z.max() ?? 0
          let powers = z.map { exp($0 - top) }
          return powers.map { $0 / powers.reduce(0, +) }
        }
        let large = spread > 100
        kernels.softmax(x.base, x.rowStride, 3, width, scale)
        #expect(gapsSurvive(x))
        for row in 0..<3 {
          for column in 0..<width {
            let name = "width \(width), spread \(spread), row \(row), column \(column)"
            // Of large scores the difference to the largest is itself rounded, and exp magnifies that.
            let allowed = large ? 1e-3 : 2e-6
            let difference = abs(Double(x[row, column]) - truth[row][column]) / max(truth[row][column], 1e-30) / allowed
            worst.see(
              name, Double(x[row, column]), truth[row][column],
              difference: abs(Double(x[row, column]) - truth[row][column]) < 1e-37 ? 0 : difference)
          }
        }
      }
    }
    #expect(worst.value < 1, "\(level): \(worst)")
  }

  @Test(arguments: KernelLevel.available) func softmaxOfExtremes(level: KernelLevel) throws {
    let kernels = try kernels(level)
    for width in [1, 5, 16, 40, 803] {
      for place in Set([0, width / 2, width - 1]) {
        for bad in [Float.nan, .infinity] {
          let x = rows("extremes", 1, width, times: 1)
          x[0, place] = bad
          kernels.softmax(x.base, x.rowStride, 1, width, 1)
          #expect(x.array.contains { $0.isNaN }, "\(level): \(bad) at \(place) of \(width) became numbers")
        }
        guard width > 1 else { continue }
        let x = rows("extremes", 1, width, times: 1)
        x[0, place] = -.infinity
        kernels.softmax(x.base, x.rowStride, 1, width, 1)
        #expect(x[0, place] == 0)
        #expect(abs(x.array.reduce(0, +) - 1) < 1e-5)
      }
    }
  }

  @Test(arguments: KernelLevel.available) func gelu(level: KernelLevel) throws {
    let kernels = try kernels(level)
    var worst = WorstDifference()
    // Every 1/997 from −14 to 14: far into the tail, where only an accurate exponential keeps the relative error.
    let count = 28 * 997
    let x = Matrix(rows: 1, columns: count)
    for index in 0..<count { x[0, index] = Float(index) / 997 - 14 }
    let before = x.array
    kernels.gelu(x.base, count, x.base, count, 1, count)
    for index in 0..<count {
      let z = Double(before[index])
      let truth = z * 0.5 * erfc(-z / 2.0.squareRoot())
      worst.see("gelu(\(z))", Double(x[0, index]), truth, difference: ulps(x[0, index], truth))
    }
    #expect(worst.value < 6, "\(level), in ulps: \(worst)")
    print("gelu, \(level), in ulps: \(worst)")

    for width in Self.widths {
      let x = rows("gelu", 3, width, times: 6)
      let y = rows("result", 3, width, times: 1)
      let before = x.buffer.array
      kernels.gelu(x.base, x.rowStride, y.base, y.rowStride, 3, width)
      #expect(gapsSurvive(y) && x.buffer.array == before)
      for row in 0..<3 {
        for column in 0..<width {
          let z = Double(x[row, column])
          let truth = z * 0.5 * erfc(-z / 2.0.squareRoot())
          #expect(abs(Double(y[row, column]) - truth) < 1e-6, "\(level): \(row), \(column) of \(width)")
        }
      }
    }
    let extremes = FloatBuffer([.nan, .infinity, 0, -0.0, 1e38, -1e38, 1e-37])
    kernels.gelu(extremes.base, 7, extremes.base, 7, 1, 7)
    #expect(extremes.base[0].isNaN)
    #expect(extremes.base[1] == .infinity)
    #expect(extremes.array[2...6].allSatisfy { $0.isFinite })
    #expect(extremes.base[4] == 1e38)
  }

  @Test(arguments: KernelLevel.available) func layerNorm(level: KernelLevel) throws {
    let kernels = try kernels(level)
    var worst = WorstDifference()
    for width in Self.widths {
      let x = rows("norm", 4, width, times: 3)
      let y = rows("result", 4, width, times: 1)
      let weight = Hashed.values("weight", count: width) { 1 + 0.1 * $0 }
      let bias = Hashed.values("bias", count: width)
      for column in 0..<width { x[1, column] += 50 }
      kernels.layer_norm(x.base, x.rowStride, weight.base, bias.base, y.base, y.rowStride, 4, width, 1e-6)
      #expect(gapsSurvive(y))
      for row in 0..<4 {
        let z = (0..<width).map { Double(x[row, $0]) }
        let mean = z.reduce(0, +) / Double(width)
        let variance = z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        for column in 0..<width {
          let truth =
            (z[column] - mean) / (variance + 1e-6).squareRoot() * Double(weight.base[column])
            + Double(bias.base[column])
          // Around 50 the mean's own rounding shows; one column alone would have a spread of 0.
          if width > 1 { worst.see("width \(width), row \(row), \(column)", Double(y[row, column]), truth) }
        }
      }
      x[2, width / 2] = .nan
      kernels.layer_norm(x.base, x.rowStride, weight.base, bias.base, y.base, y.rowStride, 4, width, 1e-6)
      #expect((0..<width).allSatisfy { y[2, $0].isNaN })
    }
    #expect(worst.value < 5e-5, "\(level): \(worst)")
  }

  @Test(arguments: KernelLevel.available) func sums(level: KernelLevel) throws {
    let kernels = try kernels(level)
    var worst = WorstDifference()
    for width in Self.widths {
      let x = rows("x", 5, width, times: 1)
      let y = rows("y", 5, width, times: 1)
      let bias = Hashed.values("bias", count: width)
      for (residual, offset) in [(true, true), (true, false), (false, true), (false, false)] {
        kernels.residual_bias(
          residual ? x.base : nil, x.rowStride, offset ? bias.base : nil, y.base, y.rowStride, 5, width)
        #expect(gapsSurvive(y))
        for row in 0..<5 {
          for column in 0..<width {
            let truth = (residual ? x[row, column] : 0) + (offset ? bias.base[column] : 0)
            #expect(y[row, column] == truth)
          }
        }
      }
      let mean = FloatBuffer(count: width)
      kernels.mean_rows(x.base, x.rowStride, 5, width, mean.base)
      let total = FloatBuffer(bias.array)
      kernels.accumulate(total.base, mean.base, 0.3, width)
      for column in 0..<width {
        let truth = (0..<5).reduce(0.0) { $0 + Double(x[$1, column]) } / 5
        worst.see("mean, width \(width), \(column)", Double(mean.base[column]), truth)
        worst.see(
          "sum, width \(width), \(column)", Double(total.base[column]), Double(bias.base[column]) + truth * 0.3)
      }
    }
    #expect(worst.value < 3e-7, "\(level): \(worst)")
  }

  /// Beside a plain sum; no square of a float is too large, and what is not finite shows.
  @Test func sumOfSquares() {
    let values = Hashed.values("squares", count: 1000)
    for (start, count) in [(0, 0), (3, 1), (0, 7), (1, 8), (5, 9), (0, 1000)] {
      let truth = values.array[start..<start + count].reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(values.sumOfSquares(start..<start + count) - truth) <= 1e-12 * truth)
    }
    #expect(FloatBuffer(Array(repeating: Float.greatestFiniteMagnitude, count: 99)).sumOfSquares(0..<99).isFinite)
    for bad in [Float.nan, .infinity, -.infinity] {
      for place in 0..<17 {
        let some = FloatBuffer(count: 17)
        some.base[place] = bad
        #expect(!some.sumOfSquares(0..<17).isFinite)
      }
    }
  }

  @Test func firstNotFinite() {
    for count in [0, 1, 1023, 1024, 1025, 3000] {
      let values = Hashed.values("finite", count: count)
      #expect(values.firstNotFinite == nil)
      for place in Set([0, count / 2, count - 1]) where place >= 0 && place < count {
        for bad in [Float.nan, .infinity, -.infinity] {
          let kept = values.base[place]
          values.base[place] = bad
          #expect(values.firstNotFinite == place)
          values.base[place] = kept
        }
      }
    }
  }

  @Test func levels() {
    #expect(KernelLevel.available.contains(.reference))
    #expect(KernelLevel.available.contains(.best))
    for level in KernelLevel.available {
      #expect(level.table.map { String(cString: $0.pointee.name) } == level.description)
    }
  }
}
