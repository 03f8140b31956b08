public import HiCMAE
public import Layers
public import Networks
public import Tensor
public import Training

/// The losses of a pre-training batch.
public struct PretrainingLosses: Hashable, Sendable {
  /// Means over the values of hidden patches; nil for a modality that the model does not have.
  public let video, audio: Double?
  /// Summed over the layers; 0 where it is switched off, and with one modality alone.
  public let contrast: Double
  /// What is minimised.
  public let total: Double
}

/// Pre-training of a model: its parameters, and the gradients of one batch at a time.
public final class PretrainingLearner {
  public let model: Pretraining
  public let parameters: ParameterSet
  public let operations: Operations
  /// The first place with a value that is not finite between the last batch's inputs and its loss; nil: there is none.
  public private(set) var bad: TrainingDiverged.Place?
  private let pass: SlicedPass

  /// What the contrast counts beside the reconstruction; 0 switches it off (an ablation of the paper).
  public var contrastWeight = 0.0025
  /// What is hidden of batches of a run.
  public var masks = PatchMasks()
  /// What similarities are divided by.
  public static let temperature = 0.07

  /// - Parameters:
  ///   - configuration: the model's sizes.
  ///   - weights: a store's or fresh ones; copied.
  ///   - threads: that share the work, the caller included.
  ///   - precision: of products, forward and backward.
  ///   - clipsPerSlice: see `SlicedPass`; with another number the last bits of gradients are others.
  /// - Throws: `WeightError` if names, shapes or layers do not fit, or the store's error if it cannot be read.
  public init(
    _ configuration: PretrainingConfiguration, _ weights: Weights, threads: Int = 1, precision: Precision = .f32,
    clipsPerSlice: Int = SlicedPass.clips
  ) throws {
    try configuration.check()
    _ = try Pretraining(configuration, weights)
    parameters = ParameterSet(weights, of: HiCMAEArchitecture().title)
    model = try Pretraining(configuration, Weights(reading: parameters.store))
    operations = Operations(threads: threads, training: precision)
    pass = SlicedPass(parameters, operations, clips: clipsPerSlice)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its losses.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised. A modality that the model does not have is not looked at and may be
  ///     nil.
  ///   - audio: (batch, 256·128), normalised; likewise.
  ///   - mask: which patches are hidden, of both modalities.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  ///   - part: where the inputs are a part of a batch that several processes share; nil: they are all of it. The losses
  ///     are the whole batch's.
  public func addGradients(
    video: Matrix?, audio: Matrix?, mask: PretrainingMask, factor: Double = 1, part: BatchPart? = nil
  ) -> PretrainingLosses {
    let batch = mask.video.hidden.batch
    let part = part ?? .whole(batch)
    let sizes = model.configuration.backbone
    let contrasted = contrastWeight != 0
    let slices = pass.forward(clips: batch) { clips in
      let (video, audio) = (sizes.hasVideo ? video?.rows(clips) : nil, sizes.hasAudio ? audio?.rows(clips) : nil)
      let mask = mask.clips(clips)
      return (
        output: model(video: video, audio: audio, mask: mask, contrast: contrasted, operations),
        targets: ReconstructionTargets(video: video, audio: audio, mask: mask, operations)
      )
    }
    func reconstruction(_ said: [Matrix?], _ truth: [Matrix?]) -> Double? {
      // The sum of every clip, of which all have equally many hidden values.
      var (sums, values) = ([Double](), 0)
      for (index, (said, truth)) in zip(said, truth).enumerated() {
        guard let said, let truth else { return nil }
        let (gradient, rows) = (pass.seed(said, ofSlice: index), said.rows / slices[index].clips.count)
        values = rows * said.columns * part.total
        for first in stride(from: 0, to: said.rows, by: rows) {
          let clip = first..<first + rows
          sums.append(
            Losses.squares(
              said.rows(clip), truth.rows(clip), gradient: gradient.rows(clip), factor: factor / Double(values)))
        }
      }
      return part.gather(sums).reduce(0, +) / Double(values)
    }
    let outputs = slices.map { $0.output.output }
    let videoLoss = reconstruction(outputs.map(\.video), slices.map { $0.output.targets.video })
    let audioLoss = reconstruction(outputs.map(\.audio), slices.map { $0.output.targets.audio })
    let levels = outputs.first?.levels.indices ?? 0..<0
    let contrast = levels.reduce(0.0) { sum, level in
      let (seen, heard) = (outputs.map { $0.levels[level].video }, outputs.map { $0.levels[level].audio })
      let (video, audio) = (part.gathered(seen), part.gathered(heard))
      let videoGradient = Matrix(rows: video.rows, columns: video.columns)
      let audioGradient = Matrix(rows: audio.rows, columns: audio.columns)
      let loss = Losses.contrast(
        video: video, audio: audio, temperature: Self.temperature, videoGradient: videoGradient,
        audioGradient: audioGradient, factor: factor * contrastWeight)
      pass.seed(seen, with: videoGradient, part)
      pass.seed(heard, with: audioGradient, part)
      return sum + loss
    }
    let total = (videoLoss ?? 0) + (audioLoss ?? 0) + contrastWeight * contrast
    bad = total.isFinite ? nil : pass.firstNotFinite(given: [video, audio])
    pass.backward()
    return PretrainingLosses(video: videoLoss, audio: audioLoss, contrast: contrast, total: total)
  }
}

/// Fine-tuning of a model: its parameters, and the gradients of one batch at a time.
public final class FineTuningLearner {
  public let model: HiCMAEModel
  public let parameters: ParameterSet
  public let operations: Operations
  /// The first place with a value that is not finite between the last batch's inputs and its loss; nil: there is none.
  public private(set) var bad: TrainingDiverged.Place?
  private let pass: SlicedPass

  /// What a run's rate is multiplied with at every layer below the head.
  public var layerDecay = 0.75
  /// In a run, the chance that the last blocks' residual branches are left out.
  public var dropPath = 0.0
  /// In a run of a model with absent tokens, the chance that a clip's video is left out, and that its audio is.
  public var modalityDropout = 0.0
  /// See `FineTuningSettings.logitOffsets`; those of the model's modalities count.
  public var logitOffsets: [Modalities: [Float]] = [:]

  /// - Parameters:
  ///   - configuration: the model's sizes.
  ///   - weights: a store's or fresh ones; copied.
  ///   - threads: that share the work, the caller included.
  ///   - precision: of products, forward and backward.
  ///   - clipsPerSlice: see `SlicedPass`; with another number the last bits of gradients are others.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  public init(
    _ configuration: Configuration, _ weights: Weights, threads: Int = 1, precision: Precision = .f32,
    clipsPerSlice: Int = SlicedPass.clips
  ) throws {
    _ = try HiCMAEModel(configuration, weights)
    parameters = ParameterSet(weights, of: HiCMAEArchitecture().title)
    model = try HiCMAEModel(configuration, Weights(reading: parameters.store))
    operations = Operations(threads: threads, training: precision)
    pass = SlicedPass(parameters, operations, clips: clipsPerSlice)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its loss and outputs.
  ///
  /// - Parameters:
  ///   - video: (batch, 3·16·160·160), normalised. A modality that the model does not have is not looked at and may be
  ///     nil.
  ///   - audio: (batch, 256·128), normalised; likewise.
  ///   - present: what each clip has, for a model with absent tokens: rows of what a clip lacks are not looked at. nil: all
  ///     clips have what is given.
  ///   - objective: the loss, with what is true of every clip.
  ///   - dropping: residual branches left out by chance, with a seed of this batch's own.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  ///   - part: where the inputs are a part of a batch that several processes share; nil: they are all of it. The loss is
  ///     the whole batch's.
  /// - Returns: the loss, and the logits of the inputs (batch, outputs), which last until the next batch.
  public func addGradients(
    video: Matrix?, audio: Matrix?, present: [Modalities]? = nil, objective: Objective, dropping: DropPath? = nil,
    factor: Double = 1, part: BatchPart? = nil
  ) -> (loss: Double, logits: Matrix) {
    guard let batch = (model.configuration.hasVideo ? video : audio)?.rows else {
      preconditionFailure("a batch without the modality that the model has")
    }
    precondition(present == nil || model.configuration.absentTokens, "a model that needs all of its modalities")
    let part = part ?? .whole(batch)
    let slices = pass.forward(clips: batch) { clips in
      self.logits(
        clips, video: video, audio: audio, present, dropping: dropping?.from(part.first + clips.lowerBound))
    }
    let logits = part.gathered(slices.map { $0.output })
    let gradient = Matrix(rows: logits.rows, columns: logits.columns)
    let judged = logits.adding(logitOffsets[model.configuration.modalities])
    let loss = objective.gathered(by: part).loss(judged, gradient: gradient, factor: factor)
    pass.seed(slices.map { $0.output }, with: gradient, part)
    bad = loss.isFinite ? nil : pass.firstNotFinite(given: [video, audio])
    pass.backward()
    return (loss, logits.rows(part.first..<part.first + batch))
  }

  /// The logits of a slice, whose clips with the same modalities go through the model together.
  private func logits(
    _ clips: Range<Int>, video: Matrix?, audio: Matrix?, _ present: [Modalities]?, dropping: DropPath?
  ) -> Matrix {
    let groups = PresentGroups(clips, present)
    let order = groups.order
    let isInOrder = order == Array(clips)
    let logits = operations.matrix(rows: clips.count, columns: model.configuration.outputs)
    var first = 0
    for group in groups.groups {
      func rows(_ input: Matrix?, _ isThere: Bool) -> Matrix? {
        guard isThere, let input else { return nil }
        // Neighbours need no copy.
        return isInOrder
          ? input.rows(group.clips[0]..<group.clips[0] + group.clips.count)
          : operations.gather(input, rows: group.clips)
      }
      model(
        video: rows(video, group.modalities.hasVideo), audio: rows(audio, group.modalities.hasAudio),
        // Every clip of the slice has chances of its own.
        dropping: dropping.map { $0.from($0.first + first) }, operations,
        into: logits.rows(first..<first + group.clips.count))
      first += group.clips.count
    }
    guard !isInOrder else { return logits }
    return operations.gather(logits, rows: clips.compactMap { order.firstIndex(of: $0) })
  }
}
