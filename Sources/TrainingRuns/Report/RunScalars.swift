/// What TensorBoard draws of a record: names of its curves, and the step.
///
/// Steps count from 0, and what is known after step n stands at n. So a run that goes on after n + 1 steps, and has
/// everything from n + 1 on dropped, keeps the figures of the checkpoint that it goes on from.
struct RunScalars {
  var step: Int
  var values: [TensorEvent.Scalar] = []

  /// nil: nothing to draw.
  /// - Parameters:
  ///   - labels: names of the model's outputs.
  ///   - attributes: names of those that have a CCC.
  init?(_ record: RunRecord, labels: [String], attributes: [String]) {
    switch record {
    case .step(let step):
      self.step = step.step
      add("train/loss", step.loss)
      add("train/video", step.video)
      add("train/audio", step.audio)
      add("train/contrast", step.contrast)
      add("train/rate", step.rate)
      add("train/gradient_norm", step.gradientNorm)
    case .epoch(let epoch):
      self.step = max(0, epoch.step - 1)
      add("epoch/loss", epoch.loss)
      if epoch.seconds > 0 { add("epoch/clips_per_s", Double(epoch.clips) / epoch.seconds) }
    case .validation(let validation):
      self.step = max(0, validation.step - 1)
      add(validation, labels, attributes)
    case .layerWeights(let shares):
      self.step = max(0, shares.step - 1)
      add("layer_shares/video", shares.video)
      add("layer_shares/audio", shares.audio)
    case .created, .broken, .checkpoint, .resumed, .closed: return nil
    }
  }

  private mutating func add(_ validation: RunRecord.Validation, _ labels: [String], _ attributes: [String]) {
    add("val/loss", validation.loss)
    add("val/video", validation.video)
    add("val/audio", validation.audio)
    add("val/contrast", validation.contrast)
    add("val/uar", validation.uar)
    add("val/war", validation.war)
    add("val/weighted_f1", validation.weightedF1)
    for (label, value) in zip(labels, validation.recall ?? []) { add("val/recall/\(label)", value) }
    for (label, value) in zip(attributes, validation.ccc ?? []) { add("val/ccc/\(label)", value) }
    for (label, value) in zip(attributes, validation.pcc ?? []) { add("val/pcc/\(label)", value) }
  }

  private mutating func add(_ tag: String, _ value: Double?) {
    if let value { values.append(TensorEvent.Scalar(tag: tag, value: Float(value))) }
  }

  private mutating func add(_ tag: String, _ shares: [Double]?) {
    for (layer, share) in (shares ?? []).enumerated() { add("\(tag)/\(layer + 1)", share) }
  }
}
