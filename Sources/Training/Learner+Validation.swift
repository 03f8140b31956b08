public import HiCMAE
public import Tensor

extension PretrainingLearner {
  /// The losses of a batch, without gradients.
  ///
  /// - Parameters:
  ///   - model: with ``model``'s configuration; nil: ``model`` itself.
  ///   - video: (batch, 3·16·160·160), normalised.
  ///   - audio: (batch, 256·128), normalised.
  public func losses(
    of model: Pretraining? = nil, video: Matrix, audio: Matrix, mask: PretrainingMask
  ) -> PretrainingLosses {
    operations.reset()
    let output = (model ?? self.model)(
      video: video, audio: audio, mask: mask, contrast: contrastWeight != 0, operations)
    let targets = ReconstructionTargets(video: video, audio: audio, mask: mask, operations)
    func scratch(_ matrix: Matrix) -> Matrix { Matrix(rows: matrix.rows, columns: matrix.columns) }
    let videoLoss = Losses.meanSquaredError(output.video, targets.video, gradient: scratch(output.video))
    let audioLoss = Losses.meanSquaredError(output.audio, targets.audio, gradient: scratch(output.audio))
    let contrast = output.levels.reduce(0.0) { sum, level in
      sum
        + Losses.contrast(
          video: level.video, audio: level.audio, temperature: Self.temperature, videoGradient: scratch(level.video),
          audioGradient: scratch(level.audio))
    }
    return PretrainingLosses(
      video: videoLoss, audio: audioLoss, contrast: contrast, total: videoLoss + audioLoss + contrastWeight * contrast)
  }
}
