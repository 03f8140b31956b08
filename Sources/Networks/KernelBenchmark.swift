public import Tensor

/// A kernel at a shape that a window runs it at: what it is called after, and what it costs.
public struct WindowKernel: Sendable {
  /// What is computed, as the modality and the part of a block that asks for it: "video qkv".
  public let name: String
  /// Rows × outputs × inputs of a product; queries × keys × heads of attention; rows × columns of all else.
  public let shape: String
  /// In one window.
  public let calls: Int
  /// Two for every multiplication of a matrix product; 0 for what has none.
  public let flop: Double
  /// Computes it once, over noise.
  public let run: @Sendable (Operations) -> Void

  public init(name: String, shape: String, calls: Int, flop: Double, run: @escaping @Sendable (Operations) -> Void) {
    (self.name, self.shape, self.calls, self.flop, self.run) = (name, shape, calls, flop, run)
  }
}

/// How long each kernel of a window takes on this machine, one after the other, each alone.
package struct KernelBenchmark: Sendable {
  package struct Line: Sendable {
    package let kernel: WindowKernel
    /// Of one call, the median.
    package let seconds: Double
  }

  package let lines: [Line]
  package let threads: Int
  package let packing: WeightPacking

  /// - Parameter span: seconds that each kernel is run for.
  package init(_ sizes: any NetworkSizes, packing: WeightPacking, threads: Int, span: Double = 0.2) {
    let operations = Operations(threads: threads, level: packing.level, packing: packing)
    (self.threads, self.packing) = (threads, packing)
    lines = sizes.kernels(packing).map { kernel in
      Line(
        kernel: kernel,
        seconds: medianSeconds(span: span) {
          operations.reset()
          kernel.run(operations)
        })
    }
  }

  /// Seconds of a window: all calls of all kernels.
  package var total: Double { lines.reduce(0) { $0 + $1.seconds * Double($1.kernel.calls) } }
}

/// The median of what `body` takes, run again and again for `span` seconds after a first time, at least three times.
package func medianSeconds(span: Double, _ body: () -> Void) -> Double {
  body()
  var seconds: [Double] = []
  let begin = monotonicSeconds()
  repeat {
    let start = monotonicSeconds()
    body()
    seconds.append(monotonicSeconds() - start)
  } while seconds.count < 3 || monotonicSeconds() - begin < span
  return Benchmark.median(of: seconds)
}
