import Evaluation
import Foundation
import Models
import Testing

@Suite struct TemperatureFitTests {
  /// Outputs of four classes whose truths are drawn from softmax(outputs / temperature): that temperature is the right one.
  private func samples(_ count: Int, temperature: Double) -> [(outputs: [Float], truth: Int)] {
    var state: UInt64 = 1
    func share() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(UInt64(1) << 53)
    }
    return (0..<count).map { _ in
      let outputs = (0..<4).map { _ in Float(6 * share() - 3) }
      let powers = outputs.map { exp(Double($0) / temperature) }
      var rest = share() * powers.reduce(0, +)
      let truth =
        powers.indices.first {
          rest -= powers[$0]
          return rest < 0
        } ?? 3
      return (outputs, truth)
    }
  }

  @Test(arguments: [0.4, 1, 2.5]) func findsTheTemperatureThatTruthsWereDrawnWith(_ temperature: Double) throws {
    var fit = TemperatureFit()
    for sample in samples(20_000, temperature: temperature) { fit.add(sample.outputs, truth: sample.truth) }
    let found = try #require(fit.fit())
    #expect((found.temperature / temperature - 1).magnitude < 0.04, "\(found.temperature) for \(temperature)")
    #expect(found.windows == 20_000 && found.after.nll <= found.before.nll)
    // 15 bins of some 1300 answers each have an error of 0.01 from chance alone.
    #expect(found.after.ece < 0.016, "ECE \(found.after.ece)")
    if temperature != 1 { #expect(found.before.ece > 2 * found.after.ece) }
    // A minimum: both neighbours are worse.
    let least = found.after.nll
    for factor in [0.99, 1.01] {
      let beside = try #require(fit.reliability(at: found.temperature * factor))
      #expect(beside.nll > least, "\(factor): \(beside.nll) against \(least)")
    }
  }

  @Test func outputsThatAreAlwaysRightStopAtTheEnd() throws {
    var fit = TemperatureFit()
    for truth in 0..<6 { fit.add((0..<3).map { $0 == truth % 3 ? 1 : 0 }, truth: truth % 3) }
    let found = try #require(fit.fit())
    #expect((found.temperature / ModelCalibration.temperatures.lowerBound - 1).magnitude < 1e-3)
    fit = TemperatureFit()
    for truth in 0..<6 { fit.add((0..<3).map { $0 == truth % 3 ? 0 : 1 }, truth: truth % 3) }
    #expect((try #require(fit.fit()).temperature / ModelCalibration.temperatures.upperBound - 1).magnitude < 1e-3)
  }

  @Test func withoutSamplesThereIsNone() { #expect(TemperatureFit().fit() == nil) }
}

@Suite struct ReliabilityMeterTests {
  @Test func isTheFormulaByHand() throws {
    var meter = ReliabilityMeter()
    #expect(meter.reliability == nil)
    // Two in one bin (0.7 and 0.72: one right), one in another (0.9, right).
    meter.add([0.7, 0.3], truth: 0)
    meter.add([0.28, 0.72], truth: 0)
    meter.add([0.1, 0.9], truth: 1)
    let found = try #require(meter.reliability)
    #expect((found.ece - ((1 - 1.42).magnitude + (1 - 0.9)) / 3).magnitude < 1e-12, "ECE \(found.ece)")
    #expect((found.nll + (log(0.7) + log(0.28) + log(0.9)) / 3).magnitude < 1e-12, "NLL \(found.nll)")
  }

  @Test func certaintyIsInTheLastBinAndAWrongOneIsFinite() throws {
    var meter = ReliabilityMeter()
    meter.add([1, 0], truth: 1)
    let found = try #require(meter.reliability)
    #expect(found.ece == 1 && found.nll.isFinite && found.nll > 50)
  }
}
