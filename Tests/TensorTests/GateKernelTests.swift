import CKernels
import Glibc
import Tensor
import TestSupport
import Testing

/// Swish, gates and ReLU at every level that this machine has, beside double precision: widths with and without tails,
/// values far out, and what is not finite.
@Suite struct GateKernelTests {
  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Values, with a row stride that leaves a gap behind every row, filled with a value that must survive.
  private func rows(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
    let buffer = Hashed.values(name, count: rows * (columns + 5)) { $0 * 20 }
    for row in 0..<rows { for gap in columns..<columns + 5 { buffer.base[row * (columns + 5) + gap] = 777 } }
    return Matrix(buffer, rows: rows, columns: columns, rowStride: columns + 5)
  }

  private func gapsSurvive(_ x: Matrix) -> Bool {
    (0..<x.rows).allSatisfy { row in (0..<5).allSatisfy { x.base[row * x.rowStride + x.columns + $0] == 777 } }
  }

  @Test(arguments: KernelLevel.available) func besideDoublePrecision(level: KernelLevel) throws {
    let kernels = try #require(level.table).pointee
    var worst = WorstDifference()
    for width in KernelTests.widths {
      let (x, y) = (rows("x", 3, 2 * width), rows("y", 3, width))
      func check(_ name: String, _ truth: (_ a: Double, _ b: Double) -> Double) {
        #expect(gapsSurvive(y), "\(level), \(name), width \(width)")
        for row in 0..<3 {
          for column in 0..<width {
            let value = truth(Double(x[row, column]), Double(x[row, width + column]))
            worst.see(
              "\(name), width \(width)", Double(y[row, column]), value,
              difference: abs(Double(y[row, column]) - value) / max(abs(value), 1e-3))
          }
        }
      }
      kernels.swish(x.base, x.rowStride, y.base, y.rowStride, 3, width)
      check("swish") { a, _ in a * sigmoid(a) }
      kernels.gate(x.base, x.rowStride, y.base, y.rowStride, 3, width)
      check("gate") { a, b in a * sigmoid(b) }
      kernels.relu(x.base, x.rowStride, y.base, y.rowStride, 3, width)
      check("relu") { a, _ in max(0, a) }
    }
    #expect(worst.value < 1e-6, "\(level): \(worst)")
  }

  @Test(arguments: KernelLevel.available) func extremes(level: KernelLevel) throws {
    let kernels = try #require(level.table).pointee
    let x = FloatBuffer([.nan, .infinity, 0, -0.0, 1e38, -1e38, 100, -100, 1e-37])
    let y = FloatBuffer(count: 9)
    kernels.swish(x.base, 9, y.base, 9, 1, 9)
    #expect(y.base[0].isNaN && y.base[1] == .infinity && y.base[4] == 1e38 && y.base[6] == 100)
    #expect(y.array[2...8].allSatisfy(\.isFinite) && abs(y.base[5]) < 1e-6 && abs(y.base[7]) < 1e-6)
    kernels.relu(x.base, 9, y.base, 9, 1, 9)
    #expect(y.base[0].isNaN && y.array[1...8] == [.infinity, 0, 0, 1e38, 0, 100, 0, 1e-37])
    // A NaN on either side of a gate comes out.
    for gate in [[Float.nan, 1], [1, .nan]] {
      let pair = FloatBuffer(gate)
      kernels.gate(pair.base, 2, y.base, 1, 1, 1)
      #expect(y.base[0].isNaN)
    }
  }
}
