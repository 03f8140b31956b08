import Tensor
import Testing

@Suite struct RandomStreamTests {
  @Test func distributionsHaveTheirMoments() {
    var random = RandomStream(seed: 7)
    func moments(_ draw: (inout RandomStream) -> Double) -> (mean: Double, variance: Double) {
      let values = (0..<20_000).map { _ in draw(&random) }
      let mean = values.reduce(0, +) / 20_000
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000)
    }
    // Beta(a, a): mean ½, variance 1 / (4 (2a + 1)).
    for a in [0.8, 1, 10.0] {
      let (mean, variance) = moments { $0.beta(a, a) }
      #expect(abs(mean - 0.5) < 0.01 && abs(variance - 1 / (4 * (2 * a + 1))) < 0.004, "\(a): \(mean), \(variance)")
    }
    let gamma = moments { $0.gamma(2.5) }
    #expect(abs(gamma.mean - 2.5) < 0.05 && abs(gamma.variance - 2.5) < 0.15)
    let normal = moments { $0.normal() }
    #expect(abs(normal.mean) < 0.03 && abs(normal.variance - 1) < 0.04)
    let whole = moments { Double($0.below(6)) }
    #expect(abs(whole.mean - 2.5) < 0.05 && abs(whole.variance - 35.0 / 12) < 0.1)
  }
}
