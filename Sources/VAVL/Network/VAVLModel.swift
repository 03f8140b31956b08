public import Layers
public import Networks
public import Tensor

/// VAVL, versatile audio-visual learning (arXiv 2305.07216): one network for either modality or both, for classes,
/// attributes or both.
///
/// Each modality has a branch of its own; both go through the same shared blocks, one after the other; a head for sound, one
/// for picture and one for both answer. So a window that lacks a modality has an answer all the same. Attention runs over
/// time.
public struct VAVLModel: Sendable {
  public let configuration: VAVLSizes
  public let video, audio: ModalityBranch?
  /// The same for both modalities, unless the sizes say that they do not share.
  public let sharedVideo, sharedAudio: SharedBlocks?
  /// Those of the sizes.
  package let heads: [Head]
  /// In the order of the heads.
  let perceptrons: [Perceptron]
  /// Of what the head of actions reads: a token is as large as its frame makes it until a block has normalised it. nil: there
  /// are no actions.
  let actionNorm: LayerNorm?
  /// What predicts the time mean of a modality's own input; nil for an absent one, and where training does not
  /// reconstruct.
  let videoReconstruction, audioReconstruction: Perceptron?
  /// How its weights were packed, or nil for plain ones, which can be trained.
  public let packing: WeightPacking?

  /// - Throws: `WeightError` naming what does not fit; the store's error if it cannot be read.
  public init(_ sizes: VAVLSizes, _ weights: Weights) throws {
    configuration = sizes
    func branch(_ modality: Modality, _ name: String) throws -> ModalityBranch? {
      try sizes[modality].map { _ in try ModalityBranch(weights[name], sizes, modality) }
    }
    video = try branch(.video, "video")
    audio = try branch(.audio, "audio")
    if sizes.shares {
      let shared = try SharedBlocks(weights["shared"], sizes)
      (sharedVideo, sharedAudio) = (shared, shared)
    } else {
      sharedVideo = try sizes.video.map { _ in try SharedBlocks(weights["shared_video"], sizes) }
      sharedAudio = try sizes.audio.map { _ in try SharedBlocks(weights["shared_audio"], sizes) }
    }
    heads = sizes.heads
    perceptrons = try heads.map { head in
      let inputs = head.modalities == .audioVideo ? 2 * sizes.width : sizes.width
      return try Perceptron(weights["heads.\(head.name)"], from: inputs, width: sizes.width, to: head.outputs)
    }
    actionNorm = try heads.first { $0.name.hasSuffix(VAVLSizes.actions) }.map {
      try LayerNorm(weights["heads.\($0.name).norm"], width: sizes.width, epsilon: 1e-5)
    }
    func reconstruction(_ modality: Modality, _ name: String) throws -> Perceptron? {
      guard sizes.reconstructs, sizes[modality] != nil else { return nil }
      return try Perceptron(
        weights["reconstruction.\(name)"], from: sizes.width, width: sizes.width, to: sizes.targetWidth(modality))
    }
    videoReconstruction = try reconstruction(.video, "video")
    audioReconstruction = try reconstruction(.audio, "audio")
    packing = weights.packing
    try weights.finish()
  }

  package func branch(_ modality: Modality) -> ModalityBranch? { modality == .video ? video : audio }
  func shared(_ modality: Modality) -> SharedBlocks? { modality == .video ? sharedVideo : sharedAudio }
  package func reconstruction(_ modality: Modality) -> Perceptron? {
    modality == .video ? videoReconstruction : audioReconstruction
  }

  /// Features of every step of one modality: x (batch, values of its input) to (batch · steps, feature width).
  ///
  /// - Parameters:
  ///   - x: normalised windows, or features, step after step.
  ///   - modality: must be one that the model has.
  ///   - training: nil in recognition.
  package func features(
    _ x: Matrix, _ modality: Modality, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    guard let branch = branch(modality) else { preconditionFailure("the model does not have \(modality)") }
    if let encoder = branch.encoder { return encoder(x, training: training, operations) }
    if let pretrained = branch.pretrained {
      guard branch.isFrozen else { return pretrained(x, operations) }
      return operations.unrecorded { pretrained(x, operations) }
    }
    let width = configuration.featureWidth(modality)
    precondition(x.columns == branch.steps * width && x.rowStride == x.columns, "features of another shape")
    return Matrix(x.buffer, offset: x.offset, rows: x.rows * branch.steps, columns: width)
  }

  /// Features of windows of which the first steps are all that there is, and stand for the rest, to (batch · steps, feature
  /// width): step s is step ⌊s · count / steps⌋ of the first ones. Each is encoded once.
  ///
  /// - Parameters:
  ///   - x: normalised windows.
  ///   - counts: how many steps of each window there are.
  ///   - modality: must have a light encoder.
  ///   - training: nil in recognition.
  ///   - operations: does the work.
  package func features(
    _ x: Matrix, first counts: [Int], _ modality: Modality, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    guard let branch = branch(modality), let encoder = branch.encoder else {
      preconditionFailure("no light encoder for \(modality)")
    }
    // Whole windows need neither a choice nor copies.
    guard counts.contains(where: { $0 < branch.steps }) else { return encoder(x, training: training, operations) }
    let found = encoder(x, first: counts, training: training, operations)
    var first = 0
    let rows = counts.flatMap { count -> [Int] in
      defer { first += count }
      return (0..<branch.steps).map { first + $0 * count / branch.steps }
    }
    return operations.gather(found, rows: rows)
  }

  /// The summary of one modality, (batch, width), from the features of its steps, (batch · steps, feature width).
  ///
  /// - Parameters:
  ///   - features: of every step.
  ///   - lengths: steps of each clip that count; nil: all.
  ///   - modality: must be one that the model has.
  ///   - training: nil in recognition.
  ///   - operations: does the work.
  package func summary(
    features: Matrix, lengths: [Int]? = nil, _ modality: Modality, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    guard let branch = branch(modality) else { preconditionFailure("the model does not have \(modality)") }
    let batch = features.rows / branch.steps
    let sequences = PaddedSequences(
      tokens: branch.steps, lengths: lengths ?? Array(repeating: branch.steps, count: batch))
    return summary(
      tokens: branch.projected(features, operations), sequences, branch, training: training, operations)
  }

  /// The summary of one modality in recognition: x (batch, values of its input), to (batch, width).
  ///
  /// - Parameters:
  ///   - x: normalised windows, or features, step after step.
  ///   - lengths: steps of each clip that count; nil: all.
  ///   - modality: must be one that the model has.
  ///   - operations: does the work.
  public func summary(
    _ x: Matrix, lengths: [Int]? = nil, _ modality: Modality, _ operations: Operations
  ) -> Matrix {
    summary(
      features: features(x, modality, training: nil, operations), lengths: lengths, modality, training: nil, operations)
  }

  /// Features to tokens: (batch · steps, feature width) to (batch · steps, width).
  package func tokens(_ features: Matrix, _ modality: Modality, _ operations: Operations) -> Matrix {
    guard let branch = branch(modality) else { preconditionFailure("the model does not have \(modality)") }
    return branch.projected(features, operations)
  }

  /// The summary of one modality, (sequences.batch, width), from tokens (sequences.rows, width).
  package func summary(
    tokens: Matrix, _ sequences: PaddedSequences, _ branch: ModalityBranch, training: TrainingPass?,
    _ operations: Operations
  ) -> Matrix {
    guard let shared = shared(branch.modality) else { preconditionFailure("no blocks for \(branch.modality)") }
    return shared(
      branch(tokens, sequences, training: training, operations), sequences, distances: branch.distances,
      training: training, operations)
  }

  /// The token of the newest step of every clip, before it sees another step: tokens (batch · steps, width) to (batch,
  /// width). nil: the model does not read actions, or this is not the picture.
  package func newest(
    _ tokens: Matrix, _ sequences: PaddedSequences, _ modality: Modality, _ operations: Operations
  ) -> Matrix? {
    guard configuration.readsActions, modality == .video else { return nil }
    let rows = sequences.lengths.enumerated().map { $0 * sequences.tokens + max($1, 1) - 1 }
    return operations.gather(tokens, rows: rows)
  }

  /// The outputs of a head, (batch, outputs), from the summaries of its modalities, (batch, width).
  ///
  /// - Parameters:
  ///   - head: its place among the sizes' heads.
  ///   - video: the picture's summary.
  ///   - audio: the sound's.
  ///   - newest: what the head of actions reads; see ``newest(_:_:_:_:)``.
  ///   - training: nil in recognition.
  ///   - y: where the outputs go; nil: into memory of the operations.
  ///   - operations: does the work.
  package func answer(
    _ head: Int, video: Matrix?, audio: Matrix?, newest: Matrix? = nil, training: TrainingPass?, into y: Matrix? = nil,
    _ operations: Operations
  ) -> Matrix {
    let modalities = heads[head].modalities
    let perceptron = perceptrons[head]
    if let actionNorm, heads[head].task == .regression {
      guard let newest else { preconditionFailure("a head of actions without the newest step") }
      return perceptron(actionNorm(newest, operations), training: training, into: y, operations)
    }
    switch (modalities.hasVideo ? video : nil, modalities.hasAudio ? audio : nil) {
    case (let video?, let audio?):
      // Sound first, as published.
      let both = operations.matrix(rows: video.rows, columns: 2 * configuration.width)
      operations.copy(audio, into: both.columns(0..<configuration.width))
      operations.copy(video, into: both.columns(configuration.width..<2 * configuration.width))
      return perceptron(both, training: training, into: y, operations)
    case (let one?, nil), (nil, let one?): return perceptron(one, training: training, into: y, operations)
    case (nil, nil): preconditionFailure("a head without its modalities")
    }
  }
}
