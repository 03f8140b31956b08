import CKernels
import Tensor
import TestSupport
import Testing

/// Products in a packed format beside double precision, in every format that this processor has and training may use.
@Suite struct ProductTests {
  struct Sizes: Sendable, CustomTestStringConvertible {
    let m, n, k: Int
    var testDescription: String { "\(m)×\(n), inner \(k)" }
  }

  /// One of everything, edges of the kernel and of every block.
  static let sizes = [
    Sizes(m: 1, n: 1, k: 1), Sizes(m: 12, n: 32, k: 8), Sizes(m: 13, n: 33, k: 9), Sizes(m: 11, n: 16, k: 513),
    Sizes(m: 241, n: 17, k: 5), Sizes(m: 3, n: 1025, k: 20), Sizes(m: 25, n: 70, k: 1), Sizes(m: 5, n: 31, k: 1030),
  ]

  @Test(arguments: WeightPacking.ofFloats, sizes)
  func product(packing: WeightPacking, sizes: Sizes) throws {
    let format = try #require(packing.format)
    /// What a value of an operand is rounded to; to nearest, ties to even.
    func rounded(_ value: Float) -> Double {
      guard packing.precision == .bf16 else { return Double(value) }
      let bits = value.bitPattern
      return Double(Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000))
    }
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    let scratch = FloatBuffer(count: ckernels_product_scratch() + 16)
    for (leftTransposed, rightTransposed) in [(false, true), (false, false), (true, false), (true, true)] {
      /// Rows with gaps behind them, which nobody may write into; the values are those of the plain matrix.
      func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
        let buffer = Hashed.values(name, count: rows * (columns + 3))
        return Matrix(buffer, rows: rows, columns: columns, rowStride: columns + 3)
      }
      let a = leftTransposed ? matrix("a", k, m) : matrix("a", m, k)
      let b = rightTransposed ? matrix("b", n, k) : matrix("b", k, n)
      for adding in [false, true] {
        let c = matrix("c", m, n)
        let before = c.buffer.array
        for index in 0..<scratch.count { scratch.base[index] = .nan }
        ckernels_multiply(
          format, m, n, k, a.base, a.rowStride, leftTransposed ? 1 : 0, b.base, b.rowStride,
          rightTransposed ? 1 : 0, c.base, c.rowStride, adding ? 1 : 0,
          UnsafeMutableRawPointer(scratch.base).assumingMemoryBound(to: UInt32.self))
        var worst = WorstDifference()
        for row in 0..<m {
          for column in 0..<n {
            let old = before[row * c.rowStride + column]
            let truth = (0..<k).reduce(adding ? Double(old) : 0) { sum, i in
              sum + rounded(leftTransposed ? a[i, row] : a[row, i])
                * rounded(rightTransposed ? b[column, i] : b[i, column])
            }
            worst.see("\(row), \(column)", Double(c[row, column]), truth)
          }
          for gap in n..<c.rowStride where row * c.rowStride + gap < c.buffer.count {
            #expect(c.buffer.base[row * c.rowStride + gap] == before[row * c.rowStride + gap], "wrote behind a row")
          }
        }
        // Sums in single precision.
        #expect(worst.value < 1e-6 + 4e-8 * Double(k), "\(packing), \(sizes): \(worst)")
        #expect(scratch.array.suffix(16).allSatisfy { $0.isNaN }, "wrote behind the scratch")
      }
    }
  }

  /// A NaN goes where it must, and nowhere else: also where panels are filled up.
  @Test(arguments: KernelLevel.available) func notANumberStaysSo(level: KernelLevel) {
    let operations = Operations(level: level)
    let x = Matrix(Hashed.values("x", count: 5 * 7), rows: 5, columns: 7)
    let weight = Matrix(Hashed.values("w", count: 3 * 7), rows: 3, columns: 7)
    x[4, 6] = .nan
    let y = operations.linear(x, weight, bias: nil)
    for row in 0..<5 { for column in 0..<3 { #expect(y[row, column].isNaN == (row == 4)) } }
  }
}
