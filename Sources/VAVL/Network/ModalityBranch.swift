public import Layers
public import Networks
internal import Tensor

/// What one modality has of its own: an encoder, a projection and conformer blocks.
public struct ModalityBranch: Sendable {
  public let modality: Modality
  public let steps: Int
  /// Encodes every step by itself; nil: features come from outside, or from another architecture.
  public let encoder: LightEncoder?
  /// Of another architecture.
  let pretrained: (any StepEncoder)?
  /// Whether training leaves the encoder as it is.
  package let isFrozen: Bool
  /// Without a bias, to the bottleneck, where there is one.
  let narrow: Linear?
  let widen: Linear
  public let blocks: [ConformerBlock]
  /// Of its steps, for all blocks that they go through.
  let distances: Matrix
  private let path: String

  init(_ weights: Weights, _ sizes: VAVLSizes, _ modality: Modality) throws {
    (self.modality, steps, path) = (modality, sizes.steps(modality), weights.path)
    switch sizes[modality] {
    case .light(let channels):
      (encoder, pretrained) = (try LightEncoder(weights["encoder"], modality, channels: channels), nil)
      isFrozen = false
    case .pretrained(let sizes, let isFrozen):
      (encoder, pretrained, self.isFrozen) = (nil, try sizes.base.encoder(weights["encoder"]), isFrozen)
    case .features, nil: (encoder, pretrained, isFrozen) = (nil, nil, true)
    }
    let width = sizes.featureWidth(modality)
    narrow = try sizes.bottleneck.map { try Linear(weights["narrow"], from: width, to: $0, bias: false) }
    widen = try Linear(weights["widen"], from: sizes.bottleneck ?? width, to: sizes.width)
    blocks = try (0..<sizes.blocks).map { try ConformerBlock(weights["blocks.\($0)"], sizes.conformer) }
    distances = sinusoids(distancesOf: steps, width: sizes.width)
  }

  /// Features to tokens: (rows, feature width) to (rows, width). Every row by itself.
  func projected(_ features: Matrix, _ operations: Operations) -> Matrix {
    widen(narrow.map { $0(features, operations) } ?? features, operations)
  }

  /// Tokens of some steps of one window, in their order: x (1, values of the input) to (chosen.count, width), without what
  /// training does. A token has the same bits whichever others are computed with it.
  func tokens(_ x: Matrix, _ encoder: LightEncoder, only chosen: [Int], _ operations: Operations) -> Matrix {
    guard !operations.rowsAreIndependent else {
      return projected(encoder(x, only: chosen, operations), operations)
    }
    let y = operations.matrix(rows: chosen.count, columns: widen.weight.shape[0])
    for (row, step) in chosen.enumerated() {
      operations.copy(projected(encoder(x, only: [step], operations), operations), into: y.rows(row..<row + 1))
    }
    return y
  }

  /// Tokens through the blocks of this modality; padding is not looked at.
  func callAsFunction(
    _ tokens: Matrix, _ sequences: PaddedSequences, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    let x = training?.dropping(tokens, at: path + "widen", batch: sequences.batch, operations) ?? tokens
    return blocks.reduce(x) { $1($0, sequences, distances: distances, training: training, operations) }
  }
}

/// The blocks that both modalities go through, one after the other with the same weights: norm(blocks(x) + x), and then the
/// mean over time.
public struct SharedBlocks: Sendable {
  let widen: Linear
  public let blocks: [ConformerBlock]
  let norm: LayerNorm
  let hasResidual: Bool
  private let path: String

  init(_ weights: Weights, _ sizes: VAVLSizes) throws {
    path = weights.path
    widen = try Linear(weights["widen"], from: sizes.width, to: sizes.width)
    blocks = try (0..<sizes.sharedBlocks).map { try ConformerBlock(weights["blocks.\($0)"], sizes.conformer) }
    norm = try LayerNorm(weights["norm"], width: sizes.width, epsilon: 1e-5)
    hasResidual = sizes.residual
  }

  /// x (sequences.rows, width) to (sequences.batch, width).
  func callAsFunction(
    _ x: Matrix, _ sequences: PaddedSequences, distances: Matrix, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    var y = widen(x, operations)
    y = training?.dropping(y, at: path + "widen", batch: sequences.batch, operations) ?? y
    y = blocks.reduce(y) { $1($0, sequences, distances: distances, training: training, operations) }
    if hasResidual { y = operations.scaledSum(y, factors: [1], adding: x) }
    return operations.meanOverTokens(norm(y, operations), sequences)
  }
}
