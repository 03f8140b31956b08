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
        var finish = ckernels_finish()
        if adding {
          (finish.residual, finish.residual_stride, finish.residual_rows) = (UnsafePointer(c.base), c.rowStride, m)
        }
        ckernels_multiply(
          format, m, n, k, a.base, a.rowStride, leftTransposed ? 1 : 0, b.base, b.rowStride, rightTransposed ? 1 : 0,
          &finish, c.base, c.rowStride, nil,
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

  /// Bias and residual come in once, whatever the blocks, and every result is shown once, when it is final.
  @Test(arguments: WeightPacking.ofFloats, sizes)
  func finish(packing: WeightPacking, sizes: Sizes) throws {
    /// What is shown, as it is then.
    struct Shown {
      let c: UnsafeMutablePointer<Float>
      let copy: UnsafeMutablePointer<Float>
      let stride: Int
      var count = 0
    }
    let format = try #require(packing.format)
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    let scratch = FloatBuffer(count: ckernels_product_scratch())
    let dwords = UnsafeMutableRawPointer(scratch.base).assumingMemoryBound(to: UInt32.self)
    let a = Matrix(Hashed.values("a", count: m * k), rows: m, columns: k)
    let b = Matrix(Hashed.values("b", count: n * k), rows: n, columns: k)
    let bias = Hashed.values("bias", count: n)
    // One that begins anew every 7 rows, from its third row on.
    let residual = Matrix(Hashed.values("residual", count: 7 * n), rows: 7, columns: n)
    let plain = Matrix(rows: m, columns: n)
    var nothing = ckernels_finish()
    ckernels_multiply(
      format, m, n, k, a.base, k, 0, b.base, k, 1, &nothing, plain.base, plain.rowStride, nil, dwords)

    let (c, copy) = (Matrix(rows: m, columns: n), Matrix(rows: m, columns: n))
    var finish = ckernels_finish(
      bias: UnsafePointer(bias.base), gelu: 0, residual: UnsafePointer(residual.base),
      residual_stride: residual.rowStride, residual_rows: 7, residual_row: 3)
    var shown = Shown(c: c.base, copy: copy.base, stride: c.rowStride)
    withUnsafeMutablePointer(to: &shown) { shown in
      var then = ckernels_then(
        call: { context, row, rows, column, columns in
          guard let shown = context?.assumingMemoryBound(to: Shown.self) else { return }
          shown.pointee.count += rows * columns
          for index in row..<(row + rows) {
            let offset = index * shown.pointee.stride + column
            (shown.pointee.copy + offset).update(from: shown.pointee.c + offset, count: columns)
          }
        }, context: shown)
      ckernels_multiply(
        format, m, n, k, a.base, k, 0, b.base, k, 1, &finish, c.base, c.rowStride, &then, dwords)
    }
    #expect(shown.count == m * n)
    #expect(copy.array == c.array, "shown before it was final")
    var worst = WorstDifference()
    for row in 0..<m {
      for column in 0..<n {
        let truth = plain[row, column] + bias.base[column] + residual[(row + 3) % 7, column]
        worst.see("\(row), \(column)", Double(c[row, column]), Double(truth))
      }
    }
    #expect(worst.value < 2e-6, "\(packing), \(sizes): \(worst)")
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
