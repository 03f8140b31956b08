public import HiCMAE
public import Tensor
internal import Training

extension PretrainingLearner {
  /// The losses of a batch, without gradients.
  ///
  /// - Parameters:
  ///   - model: with ``model``'s configuration; nil: ``model`` itself.
  ///   - video: (batch, 3·16·160·160), normalised. A modality that the model does not have is not looked at and may be
  ///     nil.
  ///   - audio: (batch, 256·128), normalised; likewise.
  ///   - mask: which patches are hidden, of both modalities.
  public func losses(
    of model: Pretraining? = nil, video: Matrix?, audio: Matrix?, mask: PretrainingMask
  ) -> PretrainingLosses {
    operations.reset()
    let output = (model ?? self.model)(
      video: video, audio: audio, mask: mask, contrast: contrastWeight != 0, operations)
    let sizes = self.model.configuration.backbone
    let targets = ReconstructionTargets(
      video: sizes.hasVideo ? video : nil, audio: sizes.hasAudio ? audio : nil, mask: mask, operations)
    func scratch(_ matrix: Matrix) -> Matrix { Matrix(rows: matrix.rows, columns: matrix.columns) }
    func reconstruction(_ said: Matrix?, _ truth: Matrix?) -> Double? {
      guard let said, let truth else { return nil }
      return Losses.meanSquaredError(said, truth, gradient: scratch(said))
    }
    let (seen, heard) = (reconstruction(output.video, targets.video), reconstruction(output.audio, targets.audio))
    let contrast = output.levels.reduce(0.0) { sum, level in
      sum
        + Losses.contrast(
          video: level.video, audio: level.audio, temperature: Self.temperature, videoGradient: scratch(level.video),
          audioGradient: scratch(level.audio))
    }
    return PretrainingLosses(
      video: seen, audio: heard, contrast: contrast,
      total: (seen ?? 0) + (heard ?? 0) + contrastWeight * contrast)
  }
}
