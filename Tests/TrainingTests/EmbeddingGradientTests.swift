import Layers
import Tensor
import TestSupport
import Testing

/// The patch embedding's way back beside central differences of a convolution, written plainly in double precision.
@Suite struct EmbeddingGradientTests {
  /// Two channels of 4 × 4 × 6 values in patches of 2 × 2 × 3: 2 × 2 × 2 tokens.
  private static let grid = PatchGrid(channels: 2, size: (4, 4, 6), patch: (2, 2, 3))
  private static let (batch, width) = (2, 5)
  private static let input = Hashed.values("embedding/input", count: batch * grid.values)

  /// Token `place` of clip `clip`: the sum over channels and a patch's values, bias, and position.
  private func convolution(_ weight: Grid, _ bias: Grid, clip: Int, place: Int, output: Int) -> Double {
    let (time, row, column) = (place / 4 * 2, place / 2 % 2 * 2, place % 2 * 3)
    let positions = sinusoids(positions: 8, width: Self.width)
    var sum = bias[0, output] + Double(positions[place, output])
    for channel in 0..<2 {
      for t in 0..<2 {
        for y in 0..<2 {
          for x in 0..<3 {
            let at = (((clip * 2 + channel) * 4 + time + t) * 4 + row + y) * 6 + column + x
            sum += Double(Self.input.base[at]) * weight[output, ((channel * 2 + t) * 2 + y) * 3 + x]
          }
        }
      }
    }
    return sum
  }

  private func check(_ name: String, visible: TokenChoice?, places: [(clip: Int, place: Int)]) throws {
    let one = GradientCase(
      name: name, shapes: [(Self.width, Self.grid.patchValues), (1, Self.width)],
      operation: { inputs, operations in
        var store = MemoryStore()
        store.add("weight", shape: [Self.width, 2, 2, 2, 3], values: inputs[0].buffer)
        store.add("bias", shape: [Self.width], values: inputs[1].buffer)
        guard
          let embedding = try? PatchEmbedding(
            Weights(reading: store), grid: Self.grid, kernel: [2, 2, 2, 3], width: Self.width)
        else { preconditionFailure("the store has what the embedding reads") }
        let x = Matrix(Self.input, rows: Self.batch, columns: Self.grid.values)
        return visible.map { embedding(x, visible: $0, operations) } ?? embedding(x, operations)
      },
      reference: { inputs in
        Grid(places.count, Self.width) { row, output in
          convolution(inputs[0], inputs[1], clip: places[row].clip, place: places[row].place, output: output)
        }
      })
    for level in KernelLevel.available {
      let worst = try one.worst(level: level)
      #expect(worst.value < 3e-6, "\(worst)")
      print("gradient: \(worst)")
    }
  }

  @Test func allTokens() throws {
    try check("patch embedding", visible: nil, places: (0..<16).map { ($0 / 8, $0 % 8) })
  }

  @Test func visibleTokens() throws {
    let visible = [[6, 1, 3], [0, 7, 4]]
    try check(
      "patch embedding of visible tokens", visible: TokenChoice(tokens: 8, places: visible),
      places: visible.enumerated().flatMap { clip, places in places.map { (clip, $0) } })
  }
}
