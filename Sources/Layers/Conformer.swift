public import Tensor

/// The sizes of conformer blocks.
public struct ConformerSizes: Hashable, Sendable {
  public var width, heads: Int
  /// Steps that the convolution of a block sees; odd.
  public var taps: Int
  /// How many times wider the feed-forward layers are inside.
  public var ratio: Int

  public init(width: Int, heads: Int, taps: Int = 31, ratio: Int = 4) {
    (self.width, self.heads, self.taps, self.ratio) = (width, heads, taps, ratio)
  }
}

/// A conformer block (Gulati et al. 2020, section 2.4): half a feed-forward, attention with relative positions,
/// convolution and another half of a feed-forward, each with its residual, and a norm.
public struct ConformerBlock: Sendable {
  public let first, second: ConformerFeedForward
  public let attention: RelativeAttention
  public let convolution: ConformerConvolution
  public let norm: LayerNorm

  public init(_ weights: Weights, _ sizes: ConformerSizes) throws {
    first = try ConformerFeedForward(weights["feed_forward1"], sizes)
    attention = try RelativeAttention(weights["attention"], sizes)
    convolution = try ConformerConvolution(weights["convolution"], sizes)
    second = try ConformerFeedForward(weights["feed_forward2"], sizes)
    norm = try LayerNorm(weights["norm"], width: sizes.width, epsilon: 1e-5)
  }

  /// x (sequences.rows, width) to the same shape; padding is not looked at.
  ///
  /// - Parameters:
  ///   - x: tokens.
  ///   - sequences: which of them count.
  ///   - distances: the table of ``sinusoids(distancesOf:width:)``.
  ///   - training: nil in recognition.
  ///   - operations: does the work.
  public func callAsFunction(
    _ x: Matrix, _ sequences: PaddedSequences, distances: Matrix, training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    operations.scoped(rows: x.rows, columns: x.columns) { result in
      let halves = [Float](repeating: 0.5, count: sequences.batch)
      var y = operations.scaledSum(first(x, sequences, training, operations), factors: halves, adding: x)
      y = attention(y, sequences, distances: distances, training, operations)
      y = convolution(y, sequences, training, operations)
      y = operations.scaledSum(second(y, sequences, training, operations), factors: halves, adding: y)
      norm(y, into: result, operations)
    }
  }
}

/// A norm, then two linear layers with a swish between them.
public struct ConformerFeedForward: Sendable {
  public let norm: LayerNorm
  public let widen, narrow: Linear
  private let path: String

  public init(_ weights: Weights, _ sizes: ConformerSizes) throws {
    path = weights.path
    norm = try LayerNorm(weights["norm"], width: sizes.width, epsilon: 1e-5)
    widen = try Linear(weights["widen"], from: sizes.width, to: sizes.ratio * sizes.width)
    narrow = try Linear(weights["narrow"], from: sizes.ratio * sizes.width, to: sizes.width)
  }

  /// The branch alone, without its residual.
  func callAsFunction(
    _ x: Matrix, _ sequences: PaddedSequences, _ training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    operations.scoped(rows: x.rows, columns: x.columns) { result in
      var y = operations.swish(widen(x, normalised: norm, operations))
      y = training?.dropping(y, at: path + "inner", batch: sequences.batch, operations) ?? y
      narrow.dropping(y, training, at: path, adding: nil, batch: sequences.batch, into: result, operations)
    }
  }
}

/// A norm, then attention whose scores know how far apart query and key are (Dai et al. 2019).
public struct RelativeAttention: Sendable {
  public let heads: Int
  public let norm: LayerNorm
  /// (3 · width, width) and (3 · width): queries, keys and values, one below the other.
  public let queryKeyValue: Linear
  /// (width, width): what a distance gives.
  public let position: Linear
  /// (heads, width / heads) each: their shape tells the number of heads.
  public let contentBias, positionBias: Parameter
  public let projection: Linear
  private let path: String

  public init(_ weights: Weights, _ sizes: ConformerSizes) throws {
    let width = sizes.width
    precondition(sizes.heads > 0 && width % sizes.heads == 0, "\(width) does not divide into \(sizes.heads) heads")
    (heads, path) = (sizes.heads, weights.path)
    norm = try LayerNorm(weights["norm"], width: width, epsilon: 1e-5)
    queryKeyValue = try Linear(weights["query_key_value"], from: width, to: 3 * width)
    position = try Linear(weights["position"], from: width, to: width, bias: false)
    let shape = [heads, width / heads]
    contentBias = try weights.parameter("content_bias", shape, fresh: .xavierUniform)
    positionBias = try weights.parameter("position_bias", shape, fresh: .xavierUniform)
    projection = try Linear(weights["projection"], from: width, to: width)
  }

  /// x + attention(norm(x)).
  func callAsFunction(
    _ x: Matrix, _ sequences: PaddedSequences, distances: Matrix, _ training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    let width = x.columns
    return operations.scoped(rows: x.rows, columns: width) { result in
      let all = queryKeyValue(x, normalised: norm, operations)
      let positions = position(distances, operations)
      let attended = operations.relativeAttention(
        RelativeAttentionInput(
          q: all.columns(0..<width), k: all.columns(width..<2 * width), v: all.columns(2 * width..<3 * width),
          positions: positions, contentBias: contentBias.row, positionBias: positionBias.row, sequences: sequences,
          heads: heads))
      projection.dropping(attended, training, at: path, adding: x, batch: sequences.batch, into: result, operations)
    }
  }
}

/// The fixed table of distances between the tokens of sequences, (2 · tokens − 1, width): sines and cosines of the distances
/// from tokens − 1 to 1 − tokens. What conformer blocks are given; see `RelativeAttentionInput.positions`.
public func sinusoids(distancesOf tokens: Int, width: Int) -> Matrix {
  let table = Matrix(rows: 2 * tokens - 1, columns: width)
  fillSinusoids(table) { Double(tokens - 1 - $0) }
  return table
}

/// A norm, a gate, a convolution along time, and a linear layer.
public struct ConformerConvolution: Sendable {
  public let norm: LayerNorm
  /// (2 · width, width): values, and what opens the gate for them.
  public let widen: Linear
  /// (width, 1, taps).
  public let depthwise: Parameter
  public let batchNorm: BatchNorm
  public let narrow: Linear
  /// The convolution with the running moments folded into it, where weights are packed.
  private let folded: Matrix?
  private let path: String

  public init(_ weights: Weights, _ sizes: ConformerSizes) throws {
    path = weights.path
    norm = try LayerNorm(weights["norm"], width: sizes.width, epsilon: 1e-5)
    widen = try Linear(weights["widen"], from: sizes.width, to: 2 * sizes.width)
    batchNorm = try BatchNorm(weights["batch_norm"], width: sizes.width)
    // PyTorch's default for convolutions.
    depthwise = try weights.parameter(
      "depthwise.weight", [sizes.width, 1, sizes.taps], fresh: .uniform(bound: 1 / Float(sizes.taps).squareRoot()))
    narrow = try Linear(weights["narrow"], from: sizes.width, to: sizes.width)
    folded = batchNorm.isFolded ? depthwise.values.timesRows(batchNorm.scale) : nil
  }

  /// x + the branch.
  func callAsFunction(
    _ x: Matrix, _ sequences: PaddedSequences, _ training: TrainingPass?, _ operations: Operations
  ) -> Matrix {
    operations.scoped(rows: x.rows, columns: x.columns) { result in
      let gated = operations.gate(widen(x, normalised: norm, operations))
      let normed: Matrix
      if let folded {
        normed = operations.depthwise(gated, weight: folded, bias: batchNorm.shift, sequences)
      } else {
        let heard = operations.depthwise(gated, weight: depthwise.values, sequences)
        normed = batchNorm(heard, sequences, training: training, operations)
      }
      let active = operations.swish(normed)
      narrow.dropping(active, training, at: path, adding: x, batch: sequences.batch, into: result, operations)
    }
  }
}
