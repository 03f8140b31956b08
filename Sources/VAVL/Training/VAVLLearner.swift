public import Layers
public import Networks
public import Tensor
public import Training
public import VAVL

/// Training of a VAVL: for every batch a picture pass, a sound pass and a joint pass, of the clips that have what the pass
/// needs. Their losses are added: cross-entropy + 2 · reconstruction for classes, Σ (1 − CCC) + reconstruction for
/// attributes; the joint pass has no reconstruction, and as published it trains its own heads alone.
///
/// The published code steps after each pass; here the gradients of all three make one step.
public final class VAVLLearner {
  public let model: VAVLModel
  public let parameters: ParameterSet
  public let operations: Operations
  /// Where the last batch first had a value that is not finite on the way to its loss; nil: nowhere.
  public private(set) var bad: TrainingDiverged.Place?
  private let pass: SlicedPass

  /// The chance that a value is left out; 0: no dropout at all.
  public var dropout = 0.1
  /// Whether the joint heads train the branches and the shared blocks too.
  public var jointReaches = false
  /// See `FineTuningSettings.logitOffsets`.
  public var logitOffsets: [Modalities: [Float]] = [:]
  /// What reconstruction counts beside classes, and beside attributes alone.
  public static let reconstructionWeights = (classes: 2.0, attributes: 1.0)

  /// - Parameters:
  ///   - sizes: the model's.
  ///   - weights: a store's or fresh ones; copied.
  ///   - threads: that share the work, the caller included.
  ///   - precision: of products, forward and backward.
  ///   - clipsPerSlice: see `SlicedPass`; batch normalisation looks at the clips of a slice.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  public init(
    _ sizes: VAVLSizes, _ weights: Weights, threads: Int = 1, precision: Precision = .f32,
    clipsPerSlice: Int = SlicedPass.clips
  ) throws {
    _ = try VAVLModel(sizes, weights)
    parameters = ParameterSet(weights, of: VAVLArchitecture().title)
    model = try VAVLModel(sizes, Weights(reading: parameters.store))
    operations = Operations(threads: threads, training: precision)
    pass = SlicedPass(parameters, operations, clips: clipsPerSlice)
  }

  /// Adds the gradients of a batch to ``parameters``, and tells its losses.
  ///
  /// - Parameters:
  ///   - batch: the clips; what a clip lacks is left out.
  ///   - objective: what is true of every clip, for the tasks that the model has heads for; a clip without a label of one
  ///     task trains the heads of the other.
  ///   - factor: what gradients are multiplied with, 1 / batches where several are gathered.
  ///   - part: where the clips are a part of a batch that several processes share; nil: they are all of it.
  public func addGradients(
    _ batch: TrainingBatch, _ objective: Objective, factor: Double = 1, part: BatchPart? = nil
  ) -> BatchLosses {
    let tasks = Set(model.heads.map(\.task))
    precondition(tasks.allSatisfy { objective[$0] != nil }, "heads of \(tasks) without what is true of them")
    let count = batch.clips.count
    let part = part ?? .whole(count)
    let objective = objective.gathered(by: part)
    var random = batch.key.stream(.dropout)
    let dropout = self.dropout > 0 ? Dropout(rate: self.dropout, seed: random.next()) : nil
    let slices = pass.forward(clips: count) { clips in
      model.passes(
        batch, clips, dropout: dropout?.from(part.first + clips.lowerBound), jointReaches: jointReaches, operations)
    }
    let outputs = slices.map(\.output)
    var losses = BatchLosses(total: 0)
    func add(_ loss: Double, _ modalities: Modalities) {
      losses.total += loss
      if modalities == .video { losses.video = (losses.video ?? 0) + loss }
      if modalities == .audio { losses.audio = (losses.audio ?? 0) + loss }
    }
    for (index, head) in model.heads.enumerated() {
      guard let objective = objective[head.task] else { continue }
      let joined = JoinedRows(
        outputs.map { $0.heads[index] }, columns: head.outputs, clips: count, part, where: objective.isLabelled)
      guard !joined.clips.isEmpty else { continue }
      // The sum over attributes, whose loss is a mean.
      let weight = head.task == .regression ? Double(head.outputs) : 1
      let rows = head.task == .classification ? joined.rows.adding(logitOffsets[head.modalities]) : joined.rows
      add(
        weight * objective.clips(joined.clips).loss(rows, gradient: joined.gradient, factor: factor * weight),
        head.modalities)
      joined.seed(pass)
    }
    let weights = Self.reconstructionWeights
    let weight = objective[.classification] == nil ? weights.attributes : weights.classes
    for modality in Modality.allCases where model.reconstruction(modality) != nil {
      let columns = model.configuration.targetWidth(modality)
      func joined(_ rows: KeyPath<SliceOutput, [Modality: ClipRows]>) -> JoinedRows {
        JoinedRows(outputs.map { $0[keyPath: rows][modality] }, columns: columns, clips: count, part)
      }
      let (said, truth) = (joined(\.reconstructions), joined(\.targets))
      guard !said.clips.isEmpty else { continue }
      let loss = Losses.meanSquaredError(said.rows, truth.rows, gradient: said.gradient, factor: factor * weight)
      add(weight * loss, Modalities(modality))
      said.seed(pass)
    }
    bad = losses.total.isFinite ? nil : pass.firstNotFinite(given: [batch.video, batch.audio])
    let found = slices.map { ($0.clips, $0.output.moments) }
    // Before the way back, which takes the memory that they stand in.
    if bad == nil { RunningMoments(parameters: parameters).take(found, clips: count, part) }
    pass.backward()
    return losses
  }
}

extension VAVLLearner: SupervisedLearner {
  /// One rate for all; running moments are not the optimiser's, and frozen encoders stay as they are.
  public func rule(_ entry: ParameterSet.Entry) -> UpdateRule {
    let isRunning = BatchNorm.runningNames.contains { entry.name.hasSuffix("." + $0) }
    let isFrozen = [("video", model.video), ("audio", model.audio)].contains { name, branch in
      branch?.isFrozen == true && entry.name.hasPrefix("\(name).encoder.")
    }
    let stays = isRunning || isFrozen
    return UpdateRule(rateFactor: stays ? 0 : 1, decays: !stays && entry.shape.count > 1)
  }

  public func addGradients(_ batch: TrainingBatch, _ objective: Objective, factor: Double) -> BatchLosses {
    addGradients(batch, objective, factor: factor, part: nil)
  }

  public func answers(of store: (any TensorStore)?) throws -> (TrainingBatch) -> [Float] {
    let model = try store.map { try VAVLModel(self.model.configuration, Weights(reading: $0)) } ?? self.model
    return { batch in
      self.operations.reset()
      var newest: Matrix?
      func summary(_ modality: Modality, _ x: Matrix?) -> Matrix? {
        guard let x, let branch = model.branch(modality) else { return nil }
        let lengths = batch.clips.indices.map {
          batch.length(ofClip: $0, modality) ?? model.configuration.steps(modality)
        }
        let sequences = PaddedSequences(tokens: branch.steps, lengths: lengths)
        // A still is one frame, however often a window shows it.
        let counts = modality == .video ? batch.videoFrames : nil
        let features =
          counts.map { model.features(x, first: $0, modality, training: nil, self.operations) }
          ?? model.features(x, modality, training: nil, self.operations)
        let tokens = model.tokens(features, modality, self.operations)
        newest = model.newest(tokens, sequences, modality, self.operations) ?? newest
        return model.summary(tokens: tokens, sequences, branch, training: nil, self.operations)
      }
      let heads = model.configuration.heads
      guard let best = model.configuration.bestHead(for: batch.modalities) else {
        preconditionFailure("a clip without modalities")
      }
      let (video, audio) = (summary(.video, batch.video), summary(.audio, batch.audio))
      func answer(_ head: Int) -> Matrix {
        model.answer(head, video: video, audio: audio, newest: newest, training: nil, self.operations)
      }
      let outputs = answer(best)
      guard let beside = heads[best].beside(in: heads).flatMap({ heads.firstIndex(of: $0) }) else {
        return outputs.array
      }
      let attributes = answer(beside)
      return (0..<outputs.rows).flatMap { outputs.rows($0..<$0 + 1).array + attributes.rows($0..<$0 + 1).array }
    }
  }
}
