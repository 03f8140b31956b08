internal import Tensor

/// An encoded picture in memory of its own, so that windows after the one that it was encoded for can rest on it.
public final class EncodedVideo {
  /// The last layer, normalised, which of all tokens that is (nil: all), and the summary that the head reads; nil: empty.
  private(set) var values: (tokens: Matrix, kept: KeptTokens?, summary: Matrix)?
  private var memory: (tokens: Matrix, summary: Matrix)?

  public init() {}

  /// The next window encodes its own picture, and this keeps it.
  public func clear() { values = nil }

  func keep(_ tokens: Matrix, _ kept: KeptTokens?, summary: Matrix, _ operations: Operations) {
    if memory.map({ $0.tokens.rows != tokens.rows || $0.tokens.columns != tokens.columns }) ?? true {
      memory = (
        Matrix(rows: tokens.rows, columns: tokens.columns), Matrix(rows: summary.rows, columns: summary.columns)
      )
    }
    // Non-nil, because it was just made if it did not fit.
    let memory = memory!
    operations.copy(tokens, into: memory.tokens)
    operations.copy(summary, into: memory.summary)
    values = (memory.tokens, kept, memory.summary)
  }
}
