import Layers
import Tensor
import Testing

@Suite struct WeightsTests {
  private func store(_ tensors: [(String, [Int], [Float])]) -> MemoryStore {
    var store = MemoryStore()
    for (name, shape, values) in tensors { store.add(name, shape: shape, values: FloatBuffer(values)) }
    return store
  }

  @Test func readsByPath() throws {
    let weights = Weights(
      reading: store([("a.b.0.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("a.b.0.bias", [2], [7, 8])]))
    let linear = try Linear(weights["a"]["b.0"], from: 3, to: 2)
    try weights.finish()
    #expect(linear.weight.name == "a.b.0.weight")
    #expect(linear.weight.values.array == [1, 2, 3, 4, 5, 6])
    #expect(linear.bias?.values.array == [7, 8])
    let y = linear(Matrix(FloatBuffer([1, 0, 1]), rows: 1, columns: 3), Operations())
    #expect(y.array == [11, 18])
    #expect(weights.asked.map(\.name) == ["a.b.0.weight", "a.b.0.bias"])
  }

  @Test func saysAllThatDoesNotFit() throws {
    let weights = Weights(
      reading: store([("fc.weight", [3, 2], .init(repeating: 1, count: 6)), ("old.bias", [1], [0])]))
    _ = try Linear(weights["fc"], from: 3, to: 2)
    let error = #expect(throws: WeightError.self) { try weights.finish() }
    #expect(
      error
        == .unfit(
          missing: ["fc.bias"], misshapen: [.init(name: "fc.weight", expected: [2, 3], found: [3, 2])],
          unused: ["old.bias"]))
    #expect(
      error?.description
        == "the weights do not fit the model: missing 1 (fc.bias); "
        + "wrong shape: fc.weight is [3, 2], expected [2, 3]; unknown to the model 1 (old.bias)")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func refusesWhatIsNotANumber(bad: Float) throws {
    let weights = Weights(reading: store([("norm.weight", [3], [1, bad, 1]), ("norm.bias", [3], [0, 0, 0])]))
    let error = #expect(throws: WeightError.self) { try LayerNorm(weights["norm"], width: 3) }
    #expect(error?.description == "the weights are damaged: norm.weight has \(bad) at index 1")
  }

  @Test func freshWeights() throws {
    let weights = Weights(fresh: 3)
    let attention = try SelfAttention(weights["attn"], width: 64, heads: 1)
    let norm = try LayerNorm(weights["norm"], width: 64)
    let token = try weights.parameter("token", [1, 1, 500], fresh: .truncatedNormal(deviation: 0.02, bound: 0.02))
    try weights.finish()
    #expect(attention.queryBias.values.array.allSatisfy { $0 == 0 })
    #expect(norm.weight.values.array.allSatisfy { $0 == 1 })
    // Fused rows count as outputs.
    let bound = (6 / Float(4 * 64)).squareRoot()
    let values = attention.queryKeyValue.values.array
    #expect(values.allSatisfy { abs($0) <= bound })
    #expect((values.max() ?? 0) > 0.99 * bound && (values.min() ?? 0) < -0.99 * bound)
    let tokens = token.values.array
    #expect(tokens.allSatisfy { abs($0) <= 0.02 })
    // The deviation of a normal distribution cut at ±1 is 0.54.
    let deviation = (tokens.reduce(0) { $0 + $1 * $1 } / 500).squareRoot()
    #expect(abs(deviation - 0.0108) < 0.001)
  }

  /// The same seed, another order: the same values. Another seed: others.
  @Test func freshWeightsDependOnSeedAndNameOnly() throws {
    func read(_ seed: UInt64, _ names: [String]) throws -> [String: [Float]] {
      let weights = Weights(fresh: seed)
      var values: [String: [Float]] = [:]
      for name in names { values[name] = try weights.parameter(name, [4, 4], fresh: .xavierUniform).values.array }
      return values
    }
    let first = try read(7, ["a", "b"])
    #expect(try read(7, ["b", "a"]) == first)
    #expect(try read(8, ["a", "b"]) != first)
    #expect(first["a"] != first["b"])
  }
}
