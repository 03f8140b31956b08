internal import HiCMAE
internal import Layers
internal import Networks
public import Tensor
public import Training

// Both learners as runs see them.

extension PretrainingLearner: SelfSupervisedLearner {
  public func rule(_ entry: ParameterSet.Entry) -> UpdateRule { .pretraining(entry) }

  public func addGradients(_ batch: TrainingBatch, factor: Double) -> BatchLosses {
    parts(addGradients(video: batch.video, audio: batch.audio, mask: mask(batch), factor: factor))
  }

  public func losses(of store: (any TensorStore)?) throws -> (TrainingBatch) -> BatchLosses {
    let other = try store.map { try Pretraining(model.configuration, Weights(reading: $0)) }
    return { batch in
      self.parts(self.losses(of: other, video: batch.video, audio: batch.audio, mask: self.mask(batch)))
    }
  }

  private func mask(_ batch: TrainingBatch) -> PretrainingMask { masks.mask(batch.clips, batch.modalities) }

  private func parts(_ losses: PretrainingLosses) -> BatchLosses {
    let contrasts = contrastWeight != 0 && model.configuration.modalities == .audioVideo
    return BatchLosses(
      total: losses.total, video: losses.video, audio: losses.audio, contrast: contrasts ? losses.contrast : nil)
  }
}

extension FineTuningLearner: SupervisedLearner {
  public func rule(_ entry: ParameterSet.Entry) -> UpdateRule {
    .fineTuning(entry, model.configuration, layerDecay: layerDecay)
  }

  public func addGradients(_ batch: TrainingBatch, _ objective: Objective, factor: Double) -> BatchLosses {
    var random = batch.key.stream(.dropPath)
    let dropping = dropPath > 0 ? DropPath(rate: dropPath, seed: random.next()) : nil
    let present = model.configuration.absentTokens ? ModalityDropout(modalityDropout).present(batch) : nil
    let result = addGradients(
      video: batch.video, audio: batch.audio, present: present, objective: objective, dropping: dropping,
      factor: factor)
    return BatchLosses(total: result.loss)
  }

  public func answers(of store: (any TensorStore)?) throws -> (TrainingBatch) -> [Float] {
    let model = try store.map { try HiCMAEModel(self.model.configuration, Weights(reading: $0)) } ?? self.model
    return { batch in
      let result = Matrix(rows: batch.clips.count, columns: model.configuration.outputs)
      self.operations.reset()
      model(video: batch.video, audio: batch.audio, self.operations, into: result)
      return result.array
    }
  }

  public var layerWeights: (video: [Float]?, audio: [Float]?)? {
    guard model.videoLayerWeights != nil || model.audioLayerWeights != nil else { return nil }
    return (model.videoLayerWeights?.values.array, model.audioLayerWeights?.values.array)
  }
}
