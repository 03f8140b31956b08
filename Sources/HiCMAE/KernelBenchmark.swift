package import Tensor

/// A kernel at a shape that a window runs it at: what it is called after, and what it costs.
package struct WindowKernel: Sendable {
  /// What is computed, as the sense and the part of a block that asks for it: "video qkv".
  package let name: String
  /// Rows × outputs × inputs of a product; queries × keys × heads of attention; rows × columns of all else.
  package let shape: String
  /// In one window.
  package let calls: Int
  /// Two for every multiplication of a matrix product; 0 for what has none.
  package let flop: Double
  /// Computes it once, over noise.
  package let run: @Sendable (Operations) -> Void
}

extension Configuration {
  /// Every kernel of a window with both senses, in the order of the model, equal shapes together.
  package var windowKernels: [WindowKernel] {
    let noise = Noise()
    let senses = [
      ("video", Self.videoTokens, Self.videoGrid, videoDepth, Self.audioTokens),
      ("audio", Self.audioTokens, Self.audioGrid, audioDepth, Self.videoTokens),
    ]
    return senses.filter { $0.3 > 0 }.flatMap { sense, tokens, grid, depth, others in
      let blocks = depth + fusionDepth
      func product(
        _ name: String, _ rows: Int, _ outputs: Int, _ inputs: Int, _ calls: Int, adding: Bool = false,
        gelu: Bool = false
      ) -> WindowKernel {
        let (x, weight, bias) = (noise(rows, inputs), noise(outputs, inputs), noise(1, outputs))
        let residual = adding ? noise(rows, outputs) : nil
        return WindowKernel(
          name: "\(sense) \(name)", shape: "\(rows)×\(outputs)×\(inputs)", calls: calls,
          flop: 2 * Double(rows) * Double(outputs) * Double(inputs)
        ) { $0.linear(x, weight, bias: bias, adding: residual, then: gelu ? .gelu : .none) }
      }
      func attention(_ name: String, _ keys: Int, _ calls: Int) -> WindowKernel {
        // Queries, keys and values stand side by side in memory, as the product that makes them leaves them.
        let (own, context) = (noise(tokens, 3 * dim), noise(keys, 3 * dim))
        let (width, heads) = (dim, heads)
        return WindowKernel(
          name: "\(sense) \(name)", shape: "\(tokens)×\(keys)×\(heads)", calls: calls,
          flop: 4 * Double(tokens) * Double(keys) * Double(dim)
        ) {
          _ = $0.attention(
            own.columns(0..<width), context.columns(width..<2 * width), context.columns(2 * width..<3 * width),
            batch: 1, heads: heads)
        }
      }
      let (tokensOf, weight) = (noise(tokens, dim), noise(1, dim))
      let picture = noise(1, grid.values)
      let norms = 2 * blocks + (layerFusion ? depth : 1) + (fusionDepth > 0 ? 2 * fusionDepth + 1 : 0)
      let means = (layerFusion ? depth : 1) + (fusionDepth > 0 ? 1 : 0)
      return [
        WindowKernel(name: "\(sense) unfold", shape: "\(tokens)×\(grid.patchValues)", calls: 1, flop: 0) {
          _ = $0.unfold(picture, grid)
        },
        product("patch", tokens, dim, grid.patchValues, 1, adding: true),
        WindowKernel(name: "\(sense) norm", shape: "\(tokens)×\(dim)", calls: norms, flop: 0) {
          $0.layerNorm(tokensOf, weight: weight, bias: weight, epsilon: Self.epsilon)
        },
        product("qkv", tokens, 3 * dim, dim, blocks),
        attention("attention", tokens, blocks),
        product("proj", tokens, dim, dim, blocks + fusionDepth, adding: true),
        product("fc1+gelu", tokens, Self.mlpRatio * dim, dim, blocks, gelu: true),
        product("fc2", tokens, dim, Self.mlpRatio * dim, blocks, adding: true),
        product("q", tokens, dim, dim, fusionDepth),
        product("kv", tokens, 2 * dim, dim, fusionDepth),
        attention("cross-attention", others, fusionDepth),
        WindowKernel(name: "\(sense) mean", shape: "\(tokens)×\(dim)", calls: means, flop: 0) {
          $0.meanOverTokens(tokensOf, batch: 1)
        },
      ].filter { $0.calls > 0 }
    }
  }
}

/// Matrices of noise in [−1, 1).
private final class Noise {
  private var generator = SplitMix64(seed: 0)

  func callAsFunction(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(FloatBuffer((0..<rows * columns).map { _ in generator.symmetric() }), rows: rows, columns: columns)
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
  package let level: KernelLevel

  /// - Parameter span: seconds that each kernel is run for.
  package init(_ configuration: Configuration, threads: Int, span: Double = 0.2) {
    let operations = Operations(threads: threads)
    (self.threads, level) = (threads, operations.level)
    lines = configuration.windowKernels.map { kernel in
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
  return Benchmark.quantile(0.5, of: seconds)
}
