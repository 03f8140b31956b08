public import Networks
public import Tensor

extension Configuration {
  /// Every kernel of a window, in the order of the model, equal shapes together; weights packed as `packing` says.
  public func kernels(_ packing: WeightPacking) -> [WindowKernel] {
    let modalities = [
      (name: "video", tokens: Self.videoTokens, grid: Self.videoGrid, depth: videoDepth, others: Self.audioTokens),
      (name: "audio", tokens: Self.audioTokens, grid: Self.audioGrid, depth: audioDepth, others: Self.videoTokens),
    ]
    return modalities.filter { $0.depth > 0 }.flatMap {
      kernels(of: $0.name, $0.tokens, $0.grid, depth: $0.depth, others: $0.others, Noise(packing))
    }
  }

  private func kernels(
    of modality: String, _ tokens: Int, _ grid: PatchGrid, depth: Int, others: Int, _ noise: Noise
  ) -> [WindowKernel] {
    let (width, heads, blocks) = (dim, attentionHeads, depth + fusionDepth)
    let x = noise(tokens, width)
    let norm = RowNorm(weight: noise(1, width), bias: noise(1, width), epsilon: Self.epsilon)
    func product(
      _ name: String, outputs: Int, inputs: Int, calls: Int, normalised: Bool = false, adding: Bool = false
    ) -> WindowKernel {
      let (rows, layer) = (noise(tokens, inputs), noise.layer(outputs, inputs))
      let residual = adding ? noise(tokens, outputs) : nil
      return WindowKernel(
        name: "\(modality) \(name)", shape: "\(tokens)×\(outputs)×\(inputs)", calls: calls,
        flop: 2 * Double(tokens) * Double(outputs) * Double(inputs)
      ) { $0.linear(rows, normalised: normalised ? norm : nil, layer, adding: residual) }
    }
    func attention(_ name: String, keys: Int, calls: Int) -> WindowKernel {
      // Queries, keys and values stand side by side in memory, as the product that makes them leaves them.
      let (own, context) = (noise(tokens, 3 * width), noise(keys, 3 * width))
      return WindowKernel(
        name: "\(modality) \(name)", shape: "\(tokens)×\(keys)×\(heads)", calls: calls,
        flop: 4 * Double(tokens) * Double(keys) * Double(width)
      ) {
        _ = $0.attention(
          own.columns(0..<width), context.columns(width..<2 * width), context.columns(2 * width..<3 * width),
          batch: 1, heads: heads)
      }
    }
    let (picture, hidden) = (noise(1, grid.values), Self.mlpRatio * width)
    let (widen, narrow) = (noise.layer(hidden, width), noise.layer(width, hidden))
    let read = (layerFusion ? depth : 1) + (fusionDepth > 0 ? 1 : 0)
    return [
      WindowKernel(name: "\(modality) unfold", shape: "\(tokens)×\(grid.patchValues)", calls: 1, flop: 0) {
        _ = $0.unfold(picture, grid)
      },
      product("patch", outputs: width, inputs: grid.patchValues, calls: 1, adding: true),
      product("norm+qkv", outputs: 3 * width, inputs: width, calls: blocks, normalised: true),
      attention("attention", keys: tokens, calls: blocks),
      product("proj", outputs: width, inputs: width, calls: blocks + fusionDepth, adding: true),
      WindowKernel(
        name: "\(modality) norm+fc1+gelu+fc2", shape: "\(tokens)×\(hidden)×\(width)", calls: blocks,
        flop: 4 * Double(tokens) * Double(hidden) * Double(width)
      ) {
        let y = $0.matrix(rows: tokens, columns: width)
        $0.feedForward(x, normalised: norm, widen: widen, narrow: narrow, adding: x, into: y)
      },
      product("norm+q", outputs: width, inputs: width, calls: fusionDepth, normalised: true),
      product("norm+kv", outputs: 2 * width, inputs: width, calls: fusionDepth, normalised: true),
      attention("cross-attention", keys: others, calls: fusionDepth),
      WindowKernel(name: "\(modality) norm", shape: "\(tokens)×\(width)", calls: read, flop: 0) {
        $0.layerNorm(x, weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
      },
      WindowKernel(name: "\(modality) mean", shape: "\(tokens)×\(width)", calls: read, flop: 0) {
        $0.meanOverTokens(x, batch: 1)
      },
    ].filter { $0.calls > 0 }
  }
}

/// Matrices and layers of noise in [−1, 1).
private final class Noise {
  private var generator = SplitMix64(seed: 0)
  private let packing: WeightPacking

  init(_ packing: WeightPacking) { self.packing = packing }

  func callAsFunction(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(FloatBuffer((0..<rows * columns).map { _ in generator.symmetric() }), rows: rows, columns: columns)
  }

  func layer(_ outputs: Int, _ inputs: Int) -> LinearWeights {
    LinearWeights(weight: packing(self(outputs, inputs)), bias: self(1, outputs))
  }
}
