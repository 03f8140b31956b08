import CKernels
import Foundation
import Glibc
import Tensor
import TestSupport
import Testing

/// Products of packed operands, in every precision and at every level that this machine has kernels for, beside double precision over
/// operands that were rounded another way.
@Suite struct PackedProductTests {
  struct Sizes: Sendable, CustomTestStringConvertible {
    let rows, outputs, inner: Int
    var testDescription: String { "\(rows)×\(outputs), inner \(inner)" }
  }

  /// One of everything, edges of blocks, panels, pieces and dwords.
  static let sizes = [
    Sizes(rows: 1, outputs: 1, inner: 1), Sizes(rows: 6, outputs: 16, inner: 16),
    Sizes(rows: 12, outputs: 32, inner: 64),
    Sizes(rows: 13, outputs: 33, inner: 9),
    Sizes(rows: 11, outputs: 16, inner: 513), Sizes(rows: 61, outputs: 70, inner: 37),
    Sizes(rows: 24, outputs: 64, inner: 130), Sizes(rows: 5, outputs: 96, inner: 1030),
  ]

  private func gapped(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
    let buffer = Hashed.values(name, count: rows * (columns + 3))
    return Matrix(buffer, rows: rows, columns: columns, rowStride: columns + 3)
  }

  /// Memory of `count` dwords that ends where the contract says, and what tells whether it was kept.
  private struct Dwords {
    let buffer: FloatBuffer
    let count: Int
    init(_ count: Int) {
      (buffer, self.count) = (FloatBuffer(count: count + 16), count)
      for index in 0..<buffer.count { buffer.base[index] = 777 }
    }
    var base: UnsafeMutablePointer<UInt32> {
      UnsafeMutableRawPointer(buffer.base).assumingMemoryBound(to: UInt32.self)
    }
    var isKept: Bool { buffer.array.suffix(16).allSatisfy { $0 == 777 } }
  }

  @Test(arguments: WeightPacking.withKernels, sizes) func product(packing: WeightPacking, sizes: Sizes) throws {
    let (kernels, precision) = (try #require(packing.format), packing.precision)
    let format = kernels.pointee
    let (x, weight) = (gapped("x", sizes.rows, sizes.inner), gapped("w", sizes.outputs, sizes.inner))
    let blocks = (sizes.rows + Int(format.rows) - 1) / Int(format.rows)
    let panels = (sizes.outputs + Int(format.panel) - 1) / Int(format.panel)
    let packedX = Dwords(blocks * ckernels_block_dwords(kernels, sizes.inner))
    let packedWeight = Dwords(panels * ckernels_panel_dwords(kernels, sizes.inner))
    format.pack_rows(x.base, x.rowStride, sizes.rows, sizes.inner, packedX.base)
    format.pack_weight(weight.base, weight.rowStride, sizes.outputs, sizes.inner, packedWeight.base)
    #expect(packedX.isKept && packedWeight.isKept, "wrote behind packed operands")

    let truth = Rounded(x, weight, packing)
    let bias = Hashed.values("bias", count: sizes.outputs)
    let residual = gapped("residual", 5, sizes.outputs)
    for (hasBias, gelu, hasResidual) in [(false, false, false), (true, false, true), (true, true, false)] {
      let y = gapped("y", sizes.rows, sizes.outputs)
      let before = y.buffer.array
      var finish = ckernels_finish(
        bias: hasBias ? UnsafePointer(bias.base) : nil, gelu: gelu ? 1 : 0,
        residual: hasResidual ? UnsafePointer(residual.base) : nil, residual_stride: residual.rowStride,
        residual_rows: 5, residual_row: 3)
      format.product(
        packedX.base, packedWeight.base, sizes.rows, sizes.outputs, sizes.inner, &finish, y.base, y.rowStride)
      var worst = WorstDifference()
      for row in 0..<sizes.rows {
        for output in 0..<sizes.outputs {
          var value = truth[row, output] + (hasBias ? Double(bias.base[output]) : 0)
          if gelu { value *= 0.5 * erfc(-value / 2.0.squareRoot()) }
          if hasResidual { value += Double(residual[(row + 3) % 5, output]) }
          worst.see("\(row), \(output)", Double(y[row, output]), value)
        }
        for gap in y.columns..<y.rowStride where row * y.rowStride + gap < before.count {
          #expect(y.buffer.base[row * y.rowStride + gap] == before[row * y.rowStride + gap], "wrote behind a row")
        }
      }
      let allowed = 1e-6 + 4e-8 * Double(sizes.inner) + (gelu && precision != .f32 ? 1.4e-4 : 0)
      #expect(worst.value < allowed, "\(packing), \(sizes), GELU \(gelu): \(worst)")
    }
  }

  /// Results that are packed again are those of the plain way, rounded.
  @Test(arguments: WeightPacking.ofFloats) func packedResults(packing: WeightPacking) throws {
    let kernels = try #require(packing.format)
    let format = kernels.pointee
    let product = try #require(format.product_packed)
    let (rows, outputs, inner) = (25, 64, 40)
    let blocks = (rows + Int(format.rows) - 1) / Int(format.rows)
    let (x, weight) = (gapped("x", rows, inner), gapped("w", outputs, inner))
    let packedX = Dwords(blocks * ckernels_block_dwords(kernels, inner))
    let packedWeight = Dwords(outputs / Int(format.panel) * ckernels_panel_dwords(kernels, inner))
    format.pack_rows(x.base, x.rowStride, rows, inner, packedX.base)
    format.pack_weight(weight.base, weight.rowStride, outputs, inner, packedWeight.base)
    var finish = ckernels_finish(
      bias: nil, gelu: 1, residual: nil, residual_stride: 0, residual_rows: 1, residual_row: 0)
    let y = Matrix(rows: rows, columns: outputs)
    format.product(packedX.base, packedWeight.base, rows, outputs, inner, &finish, y.base, y.rowStride)
    let dwords = blocks * ckernels_block_dwords(kernels, outputs)
    let (expected, found) = (Dwords(dwords), Dwords(dwords))
    format.pack_rows(y.base, y.rowStride, rows, outputs, expected.base)
    product(packedX.base, packedWeight.base, rows, outputs, inner, &finish, found.base)
    #expect(found.isKept)
    #expect(found.buffer.array.map(\.bitPattern) == expected.buffer.array.map(\.bitPattern))
  }

  /// Sums of whole numbers are exact, in vectors and in tiles.
  @Test(.enabled(if: KernelLevel.available.contains(.amx))) func tilesHaveTheBitsOfVectors() {
    let x = gapped("x", 77, 300)
    let (first, second) = (WeightPacking(.int8, level: .avx512), WeightPacking(.int8, level: .amx))
    #expect(first.precision == .int8 && second.precision == .int8)
    let bias = Matrix(Hashed.values("bias", count: 70), rows: 1, columns: 70)
    func run(_ packing: WeightPacking) -> [Float] {
      Operations(level: packing.level).linear(
        x, LinearWeights(weight: packing(gapped("w", 70, 300)), bias: bias), then: .gelu
      ).array
    }
    #expect(run(first).map(\.bitPattern) == run(second).map(\.bitPattern))
  }

  /// No rows write nothing; without inner values there is the bias alone.
  @Test(arguments: WeightPacking.withKernels) func nothingToMultiply(packing: WeightPacking) throws {
    let kernels = try #require(packing.format)
    let (rows, outputs) = (3, 40)
    let packedX = Dwords(ckernels_block_dwords(kernels, 0) + 16)
    let panels = (outputs + Int(kernels.pointee.panel) - 1) / Int(kernels.pointee.panel)
    let packedWeight = Dwords(panels * ckernels_panel_dwords(kernels, 0) + 16)
    let nothing = FloatBuffer(count: 1)
    kernels.pointee.pack_rows(nothing.base, 0, rows, 0, packedX.base)
    kernels.pointee.pack_weight(nothing.base, 0, outputs, 0, packedWeight.base)
    let bias = Hashed.values("bias", count: outputs)
    let y = gapped("y", rows, outputs)
    let before = y.buffer.array
    var finish = ckernels_finish(
      bias: UnsafePointer(bias.base), gelu: 0, residual: nil, residual_stride: 0, residual_rows: 1, residual_row: 0)
    kernels.pointee.product(packedX.base, packedWeight.base, 0, outputs, 0, &finish, y.base, y.rowStride)
    #expect(y.buffer.array == before)
    kernels.pointee.product(packedX.base, packedWeight.base, rows, outputs, 0, &finish, y.base, y.rowStride)
    for row in 0..<rows { for output in 0..<outputs { #expect(y[row, output] == bias.base[output]) } }
  }

  /// A NaN or an infinity goes where it must, and nowhere else.
  @Test(arguments: WeightPacking.withKernels, [Float.nan, .infinity, -.infinity])
  func strangeValuesStaySo(packing: WeightPacking, value: Float) throws {
    let x = gapped("x", 14, 70)
    x[13, 66] = value
    let weight = packing(gapped("w", 40, 70))
    let y = Operations(level: packing.level).linear(x, LinearWeights(weight: weight, bias: nil))
    for row in 0..<14 { for column in 0..<40 { #expect(y[row, column].isFinite == (row != 13)) } }
  }

  /// The fat operations, packed, beside the plain ones; threads do not matter.
  @Test(arguments: WeightPacking.withKernels) func feedForward(packing: WeightPacking) throws {
    let precision = packing.precision
    let (rows, width) = (230, 96)
    let x = gapped("x", rows, width)
    func row(_ name: String, _ count: Int) -> Matrix {
      Matrix(Hashed.values(name, count: count), rows: 1, columns: count)
    }
    let norm = RowNorm(weight: row("norm", width), bias: row("shift", width), epsilon: 1e-6)
    let (widen, narrow) = (gapped("widen", 4 * width, width), gapped("narrow", width, 4 * width))
    let (widenBias, narrowBias) = (row("widen bias", 4 * width), row("narrow bias", width))
    func run(_ threads: Int, _ packing: WeightPacking?) -> [Float] {
      let level = packing?.level ?? .best
      let y = Matrix(rows: rows, columns: width)
      Operations(threads: threads, level: level, packing: packing).feedForward(
        x, normalised: norm, widen: LinearWeights(weight: packing?(widen) ?? .plain(widen), bias: widenBias),
        narrow: LinearWeights(weight: packing?(narrow) ?? .plain(narrow), bias: narrowBias), adding: x, into: y)
      return y.array
    }
    let plain = run(1, nil)
    let one = run(1, packing)
    for threads in 2...3 { #expect(run(threads, packing) == one, "\(threads) threads differ from 1") }
    var (worst, size) = (WorstDifference(), 0.0)
    for index in plain.indices {
      worst.see("\(index)", Double(one[index]), Double(plain[index]))
      size = max(size, abs(Double(plain[index])))
    }
    let allowed: Double =
      switch precision {
      case .f32: 1e-5
      case .bf16: 5e-3
      case .int8: 2e-2
      }
    #expect(worst.value < allowed * size, "\(packing), values up to \(size): \(worst)")
    #expect(precision == .f32 || worst.value > 1e-5 * size, "\(precision) rounds nothing")
  }

  /// Asking for more than there is gives the next better precision; the reference has nothing but plain float32.
  @Test func standIns() {
    for level in KernelLevel.available {
      for precision in Precision.allCases {
        let runs = precision.running(at: level)
        #expect(runs.running(at: level) == runs)
        #expect(level != .reference || runs == .f32)
        #expect(level != .avx2 || runs == (precision == .int8 ? .int8 : .f32))
        #expect(WeightPacking(precision, level: level).precision == runs)
      }
      let weight = WeightPacking(.int8, level: level)(gapped("w", 3, 4))
      if case .plain = weight { #expect(level == .reference) } else { #expect(level != .reference) }
    }
  }
}

extension PackedProductTests {
  /// Intel's processors have AVX-512's instruction for bf16, and are slower with it than in float32.
  @Test func bf16IsChosenWhereItIsFaster() throws {
    let isIntel = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8).contains("GenuineIntel")
    for level in KernelLevel.available {
      let faster = level == .amx || (level == .avx512 && !isIntel)
      #expect(Precision.fastestFaithful(at: level) == (faster ? Precision.bf16.running(at: level) : .f32))
    }
  }
}

/// x · weightᵀ in double precision over operands that are rounded as the precision says.
private struct Rounded {
  private var values: [Double] = []
  private let outputs: Int

  subscript(row: Int, output: Int) -> Double { values[row * outputs + output] }

  init(_ x: Matrix, _ weight: Matrix, _ packing: WeightPacking) {
    outputs = weight.rows
    func rows(_ matrix: Matrix, _ rounded: ([Float]) -> [Double]) -> [[Double]] {
      (0..<matrix.rows).map { row in rounded((0..<matrix.columns).map { matrix[row, $0] }) }
    }
    let (left, right) =
      switch packing.precision {
      case .f32: (rows(x) { $0.map(Double.init) }, rows(weight) { $0.map(Double.init) })
      case .bf16: (rows(x) { $0.map(Self.bf16) }, rows(weight) { $0.map(Self.bf16) })
      case .int8: (rows(x, Self.unsigned), rows(weight) { Self.signed($0, packing.level == .avx2 ? 63 : 127) })
      }
    for a in left { for b in right { values.append(zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }) } }
  }

  /// To the nearest, to even between two.
  private static func bf16(_ value: Float) -> Double {
    let bits = value.bitPattern
    return Double(Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000))
  }

  private static func unsigned(_ row: [Float]) -> [Double] {
    let (low, high) = (min(row.min() ?? 0, 0), max(row.max() ?? 0, 0))
    let scale = (high - low) / 255
    guard scale > 0 else { return row.map { _ in 0 } }
    let factor = 1 / scale
    let zero = (-low * factor).rounded(.toNearestOrEven)
    return row.map { value in
      let whole = zero.addingProduct(value, factor).rounded(.toNearestOrEven)
      return Double(scale) * (Double(min(max(whole, 0), 255)) - Double(zero))
    }
  }

  private static func signed(_ row: [Float], _ limit: Float) -> [Double] {
    let scale = (row.map(abs).max() ?? 0) / limit
    guard scale > 0 else { return row.map { _ in 0 } }
    let factor = 1 / scale
    return row.map { Double(scale) * Double(($0 * factor).rounded(.toNearestOrEven)) }
  }
}
