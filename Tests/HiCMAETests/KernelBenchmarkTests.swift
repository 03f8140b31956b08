import HiCMAE
import Networks
import Tensor
import Testing

@Suite struct KernelBenchmarkTests {
  /// The kernels are the window: their multiplications are all of its, but for the head's.
  @Test(arguments: [Configuration.tiny(outputs: 6), .base(outputs: 6)], Modalities.choices)
  func kernelsAreAllOfAWindow(size: Configuration, modalities: Modalities) {
    let configuration = size.keeping(modalities)
    let head = 2e-9 * Double(configuration.featureWidth * configuration.outputs)
    let sum = configuration.kernels(WeightPacking(.f32)).reduce(0) { $0 + $1.flop * Double($1.calls) / 1e9 }
    #expect(abs(sum + head - configuration.gigaflops) < 1e-9)
  }

  @Test(arguments: Precision.allCases) func eachIsTimed(precision: Precision) {
    let small = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3)
    let packing = WeightPacking(precision)
    let measured = KernelBenchmark(small, packing: packing, threads: 2, span: 0)
    #expect(measured.lines.count == small.kernels(packing).count && measured.threads == 2)
    #expect(measured.lines.allSatisfy { $0.seconds > 0 && $0.seconds < 10 })
    #expect(abs(measured.total - measured.lines.reduce(0) { $0 + $1.seconds * Double($1.kernel.calls) }) < 1e-9)
  }

  @Test func theMedianIsOfAtLeastThree() {
    var runs = 0
    let seconds = medianSeconds(span: 0) { runs += 1 }
    #expect(runs == 4 && seconds >= 0)
  }
}
