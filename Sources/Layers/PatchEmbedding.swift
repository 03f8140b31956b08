internal import Glibc
public import Tensor

/// Turns patches into tokens: a convolution whose stride is its kernel, plus a fixed table of positions.
public struct PatchEmbedding: Sendable {
  public let grid: PatchGrid
  /// (width, channels, depth, height, width of a patch), without depth for a sound.
  public let weight: Parameter
  /// (width).
  public let bias: Parameter
  /// (tokens, width), not learnt and not in checkpoints.
  public let positions: Matrix

  /// - Parameters:
  ///   - weights: where `weight` and `bias` are.
  ///   - grid: how an input is cut into patches.
  ///   - width: columns of a token.
  ///   - kernel: the weight's shape after its first dimension, as the checkpoint has it.
  ///   - exact: whether it computes in float32 whatever the precision.
  public init(_ weights: Weights, grid: PatchGrid, kernel: [Int], width: Int, exact: Bool = false) throws {
    precondition(kernel.reduce(1, *) == grid.patchValues, "the kernel is not a patch")
    self.grid = grid
    // PyTorch's default for convolutions.
    let bound = 1 / Float(grid.patchValues).squareRoot()
    weight = try weights.product("weight", [width] + kernel, fresh: .uniform(bound: bound), exact: exact)
    bias = try weights.parameter("bias", [width], fresh: .uniform(bound: bound))
    positions = sinusoids(positions: grid.tokens, width: width)
  }

  /// x (batch, grid.values) to (batch · grid.tokens, width).
  public func callAsFunction(_ x: Matrix, _ operations: Operations) -> Matrix {
    operations.scoped(rows: x.rows * grid.tokens, columns: positions.columns) { y in
      operations.linear(
        operations.unfold(x, grid), LinearWeights(weight: weight.product, bias: bias.values), adding: positions, into: y
      )
    }
  }

  /// Only the visible tokens, in their order: x (batch, grid.values) to (visible.places.count, width).
  public func callAsFunction(_ x: Matrix, visible: TokenChoice, _ operations: Operations) -> Matrix {
    operations.scoped(rows: visible.places.count, columns: positions.columns) { y in
      operations.linear(
        operations.unfold(x, grid, only: visible), LinearWeights(weight: weight.product, bias: bias.values),
        adding: operations.gather(positions, rows: visible.places), into: y)
    }
  }
}

/// The fixed table of positions, (positions, width): sine on even channels j, cosine on odd ones, of
/// position / 10000^(2·⌊j/2⌋/width); float32, computed in double precision (Vaswani et al. 2017, 3.5).
public func sinusoids(positions: Int, width: Int) -> Matrix {
  let table = Matrix(rows: positions, columns: width)
  fillSinusoids(table) { Double($0) }
  return table
}

/// Fills a table of positions, a row each.
/// - Parameter position: of a row.
func fillSinusoids(_ table: Matrix, _ position: (_ row: Int) -> Double) {
  for channel in 0..<table.columns {
    let rate = pow(10000, Double(channel / 2 * 2) / Double(table.columns))
    for row in 0..<table.rows {
      let angle = position(row) / rate
      table[row, channel] = Float(channel % 2 == 0 ? sin(angle) : cos(angle))
    }
  }
}
