public import Layers
public import Networks
public import Tensor

/// A convolutional network over each frame of a face, or over each block of rows of a spectrogram: patches, then stages of
/// a convolution that halves both sides and a residual pair (He et al. 2016), each with batch normalisation and ReLU.
///
/// A step's features depend on the step alone, so a frame that is in many windows needs to be encoded once.
public struct LightEncoder: Sendable {
  /// How a window is cut into patches; its depth is the steps.
  public let grid: PatchGrid
  public let steps: Int
  let stem: NormalisedPatches
  let stages: [Stage]

  struct Stage: Sendable {
    let narrowing, first, second: Convolution
  }

  public init(_ weights: Weights, _ modality: Modality, channels: [Int]) throws {
    grid = modality == .video ? VAVLSizes.pictureGrid : VAVLSizes.spectrogramGrid
    steps = grid.depth
    stem = try NormalisedPatches(weights["stem"], patch: [grid.patchValues], outputs: channels[0])
    let shape = LightShape(modality, channels: channels)
    stages = try channels.indices.dropFirst().map { stage in
      let weights = weights["stages.\(stage - 1)"]
      return Stage(
        narrowing: try Convolution(weights["narrowing"], grid: shape.narrowing(stage), outputs: channels[stage]),
        first: try Convolution(weights["first"], grid: shape.within(stage), outputs: channels[stage]),
        second: try Convolution(weights["second"], grid: shape.within(stage), outputs: channels[stage]))
    }
  }

  /// Features of every step of a batch of windows: x (batch, grid.values) to (batch · steps, width).
  public func callAsFunction(_ x: Matrix, training: TrainingPass?, _ operations: Operations) -> Matrix {
    self(patches: operations.unfold(x, grid), steps: x.rows * steps, training: training, operations)
  }

  /// Features of the first steps of every window, as many as `counts` says: x (batch, grid.values) to (their sum, width).
  func callAsFunction(_ x: Matrix, first counts: [Int], training: TrainingPass?, _ operations: Operations) -> Matrix {
    let places = grid.tokens / steps
    let count = counts.reduce(0, +)
    let patches = operations.matrix(rows: count * places, columns: grid.patchValues)
    var row = 0
    for (window, steps) in counts.enumerated() {
      let tokens = TokenChoice(tokens: grid.tokens, places: [Array(0..<steps * places)])
      let own = row..<row + steps * places
      operations.copy(operations.unfold(x.rows(window..<window + 1), grid, only: tokens), into: patches.rows(own))
      row = own.upperBound
    }
    return self(patches: patches, steps: count, training: training, operations)
  }

  /// Features of some steps of one window, in their order: x (1, grid.values) to (chosen.count, width).
  func callAsFunction(_ x: Matrix, only chosen: [Int], _ operations: Operations) -> Matrix {
    let places = grid.tokens / steps
    let tokens = chosen.flatMap { Array($0 * places..<($0 + 1) * places) }
    let patches = operations.unfold(x, grid, only: TokenChoice(tokens: grid.tokens, places: [tokens]))
    return self(patches: patches, steps: chosen.count, training: nil, operations)
  }

  private func callAsFunction(
    patches: Matrix, steps: Int, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    var y = operations.relu(stem(patches, training: training, operations))
    for stage in stages {
      let narrow = operations.relu(stage.narrowing(y, training: training, operations))
      let inner = operations.relu(stage.first(narrow, training: training, operations))
      let branch = stage.second(inner, training: training, operations)
      y = operations.relu(operations.scaledSum(branch, factors: [1], adding: narrow))
    }
    // The places of a step are neighbours in memory.
    return Matrix(y.buffer, offset: y.offset, rows: steps, columns: y.rows / steps * y.columns)
  }
}
