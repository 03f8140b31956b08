import Networks
import Recognition
import RecognitionFixtures
import Testing

@Suite struct EstimateTests {
  @Test func softmaxSumsToOneAtAnyScale() {
    let cases: [[Float]] = [[0, 0, 0], [1000, 999, -1000], [-3e38, 3e38], [Float.leastNonzeroMagnitude, 0], [7]]
    for logits in cases {
      let p = Estimate.softmax(logits)
      #expect(p.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 1 })
      let sum = p.reduce(0, +)
      #expect(abs(sum - 1) < 1e-12, "\(logits)")
    }
    #expect(Estimate.softmax([]).isEmpty)
  }

  @Test func softmaxEqualsTheClosedForm() {
    // e / (1 + e) of logits 1 and 0.
    #expect((Estimate.softmax([1, 0])[0] - 0.731_058_578_630_004_9).magnitude < 1e-15)
  }

  @Test func aTemperatureDividesTheOutputsOfAClassifierAlone() {
    let calibrated = Estimate(outputs: [3, 1, -2], task: .classification, temperature: 2)
    #expect(calibrated.values == Estimate(outputs: [1.5, 0.5, -1], task: .classification).values)
    #expect(calibrated.outputs == [3, 1, -2] && calibrated.top == 0)
    #expect(Estimate(outputs: [3, 1, -2], task: .regression, temperature: 2).values == [3, 1, -2])
  }

  @Test func theFirstOfEqualsIsTop() {
    #expect(Estimate(outputs: [1, 3, 3], task: .classification).top == 1)
    #expect(Estimate.argmax([Float]()) == nil)
  }

  @Test func aRegressionIsItsOutputs() {
    let estimate = Estimate(outputs: [-2, 5], task: .regression)
    #expect(estimate.values == [-2, 5])
    #expect(estimate.top == nil)
  }
}
