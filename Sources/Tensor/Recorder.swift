/// Gets every operation in order, for the backward pass: the tape of training. Recognition has none.
public protocol Recorder: AnyObject {
  /// Called after the operation. The step's matrices keep their values until the operations are reset.
  func record(_ step: Step)
}

/// One operation with its inputs, its result, and the intermediate values that the backward pass needs. See the operations
/// for shapes.
///
/// Operations whose inputs never have a gradient (cutting pictures into patches that do not overlap) are not recorded.
public enum Step {
  /// y = x · weightᵀ + bias + residual, or its GELU, and then `preactivation` is what went into that.
  case linear(x: Matrix, weight: Matrix, bias: Matrix?, residual: Matrix?, preactivation: Matrix?, y: Matrix)
  case layerNorm(x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float, y: Matrix)
  /// `logSums` (batch · heads, queries): log Σ exp of every query's scores.
  case attention(q: Matrix, k: Matrix, v: Matrix, batch: Int, heads: Int, logSums: Matrix, y: Matrix)
  /// y has a row for every sequence.
  case meanOverTokens(x: Matrix, y: Matrix)
  case meanOverRows(x: Matrix, sequences: PaddedSequences, y: Matrix)
  case softmax(x: Matrix, y: Matrix)
  case weightedSum(terms: Matrix, weights: Matrix, y: Matrix)
  case copy(x: Matrix, y: Matrix)
  /// y[i] = x[rows[i]].
  case gather(x: Matrix, rows: [Int], y: Matrix)
  /// Every sequence of y: that of x, then rows that `token` was added to.
  case filled(x: Matrix, token: Matrix, batch: Int, y: Matrix)
  /// Every sequence of y: residual + its factor · branch.
  case scaledSum(branch: Matrix, factors: [Float], residual: Matrix, y: Matrix)
  case swish(x: Matrix, y: Matrix)
  case gate(x: Matrix, y: Matrix)
  case relu(x: Matrix, y: Matrix)
  case dropout(x: Matrix, dropout: Dropout, batch: Int, y: Matrix)
  /// `mean` and `variance` (1, columns): over the rows that count.
  case batchNorm(
    x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float, sequences: PaddedSequences, mean: Matrix, variance: Matrix,
    y: Matrix)
  case depthwise(x: Matrix, weight: Matrix, sequences: PaddedSequences, y: Matrix)
  case relativeAttention(RelativeAttentionInput, y: Matrix)
  case unfold(x: Matrix, grid: ConvolutionGrid, y: Matrix)
}
