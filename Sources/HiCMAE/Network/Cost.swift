internal import Tensor

extension Configuration {
  /// Floating point operations of one window in units of 10⁹: two for every multiplication of a matrix product.
  /// Normalisation, softmax and GELU are not counted, as is the custom.
  public var gigaflops: Double {
    let dim = Double(dim)
    let (video, audio) = (Double(Self.videoTokens), Double(Self.audioTokens))

    /// Queries of `n` tokens to `m` tokens, with all four projections.
    func attention(_ n: Double, _ m: Double) -> Double { 2 * n * dim * dim + 2 * m * dim * dim + 2 * n * m * dim }
    func block(_ n: Double) -> Double { attention(n, n) + 2 * Double(Self.mlpRatio) * n * dim * dim }

    func encoder(_ tokens: Double, _ grid: PatchGrid, depth: Int) -> Double {
      depth == 0 ? 0 : tokens * Double(grid.patchValues) * dim + Double(depth) * block(tokens)
    }
    let encoders =
      encoder(video, Self.videoGrid, depth: videoDepth) + encoder(audio, Self.audioGrid, depth: audioDepth)
    let fusion =
      Double(fusionDepth) * (attention(video, audio) + attention(audio, video) + block(video) + block(audio))
    let head = Double(featureWidth * outputs)
    return 2 * (encoders + fusion + head) / 1e9
  }
}
