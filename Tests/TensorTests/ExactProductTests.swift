import Glibc
import Tensor
import TestSupport
import Testing

/// How exact f32 products are, at every level that this machine has: beside double precision, in parts of the sum of
/// magnitudes, over values of very different sizes.
@Suite struct ExactProductTests {
  /// Values whose exponents differ by up to 2·`spread`.
  private func values(_ name: String, _ rows: Int, _ columns: Int, spread: Float, scale: Float) -> Matrix {
    let (sizes, matrix) = (Hashed.values(name + " size", count: rows * columns), Matrix(rows: rows, columns: columns))
    let plain = Hashed.values(name, count: rows * columns)
    for index in 0..<rows * columns {
      matrix.base[index] = plain.base[index] * exp2((sizes.base[index] * spread).rounded()) * scale
    }
    return matrix
  }

  private func error(_ level: KernelLevel, inner: Int, spread: Float, scale: Float) -> (worst: Double, mean: Double) {
    let x = values("x", 40, inner, spread: spread, scale: scale)
    let weight = values("w", 36, inner, spread: spread, scale: 1)
    let y = Operations(level: level).linear(
      x, LinearWeights(weight: WeightPacking(.f32, level: level)(weight), bias: nil))
    var (worst, total) = (0.0, 0.0)
    for row in 0..<40 {
      for output in 0..<36 {
        var (sum, size) = (0.0, 0.0)
        for index in 0..<inner {
          let product = Double(x[row, index]) * Double(weight[output, index])
          sum += product
          size += abs(product)
        }
        let own = abs(Double(y[row, output]) - sum) / size
        worst = max(worst, own)
        total += own
      }
    }
    return (worst, total / (40 * 36))
  }

  @Test(arguments: KernelLevel.available, [(Float(0), Float(1)), (8, 1), (8, 1e-25), (8, 1e25)])
  func products(level: KernelLevel, sizes: (spread: Float, scale: Float)) {
    // One product: rounded once, or in tiles (three bf16 each) by what the three smallest of nine would add.
    let one = error(level, inner: 1, spread: sizes.spread, scale: sizes.scale)
    #expect(one.worst < 0x1p-23, "\(level): \(one)")
    // Sums are rounded once a product, at the size that they have then; see the figures below.
    let many = error(level, inner: 700, spread: sizes.spread, scale: sizes.scale)
    #expect(many.worst < 1.5e-6 && many.mean < 1.5e-7, "\(level): \(many)")
  }

  /// Tiles round a sum once for 32 products: mean error 7e-9, where vectors, once for each product, have 2.8e-8.
  @Test(.enabled(if: KernelLevel.available.contains(.amx))) func tilesAreNoWorseThanVectors() {
    let (tiles, vectors) = (
      error(.amx, inner: 2048, spread: 2, scale: 1), error(.avx512, inner: 2048, spread: 2, scale: 1)
    )
    #expect(tiles.mean < 0.5 * vectors.mean && tiles.worst < 0.5 * vectors.worst, "tiles \(tiles), vectors \(vectors)")
  }
}
