/// Sequences of different lengths side by side: each has the same number of rows, and those behind its length are padding
/// that nobody looks at.
public struct PaddedSequences: Hashable, Sendable {
  /// Rows of every sequence, padding included.
  public let tokens: Int
  /// Rows of each sequence that count, at least one and at most ``tokens``.
  public let lengths: [Int]

  public init(tokens: Int, lengths: [Int]) {
    precondition(!lengths.isEmpty, "a batch of no sequence")
    precondition(lengths.allSatisfy { 1...max(tokens, 1) ~= $0 }, "lengths \(lengths) of \(tokens) rows")
    (self.tokens, self.lengths) = (tokens, lengths)
  }

  /// Sequences without padding.
  public init(batch: Int, tokens: Int) { self.init(tokens: tokens, lengths: Array(repeating: tokens, count: batch)) }

  public var batch: Int { lengths.count }
  /// Of a matrix of all sequences, padding included.
  public var rows: Int { batch * tokens }
  /// Rows that count.
  public var count: Int { lengths.reduce(0, +) }

  /// The rows of one sequence that count.
  public func rows(of sequence: Int) -> Range<Int> {
    sequence * tokens..<sequence * tokens + lengths[sequence]
  }

  /// The rows of one sequence that are padding.
  public func padding(of sequence: Int) -> Range<Int> {
    sequence * tokens + lengths[sequence]..<(sequence + 1) * tokens
  }
}
