internal import CKernels
internal import Glibc

/// What attention with relative positions looks at (Dai et al. 2019, Transformer-XL, section 3.3).
public struct RelativeAttentionInput: Sendable {
  /// (sequences.rows, heads · width) each; a head's columns are neighbours.
  public var q, k, v: Matrix
  /// (2 · sequences.tokens − 1, heads · width), one for every distance of a query from a key: row i is of the distance
  /// tokens − 1 − i, which is positive where the key comes first.
  public var positions: Matrix
  /// (1, heads · width) each: added to every query before it meets the keys, and before it meets the positions.
  public var contentBias, positionBias: Matrix
  public var sequences: PaddedSequences
  public var heads: Int

  public init(
    q: Matrix, k: Matrix, v: Matrix, positions: Matrix, contentBias: Matrix, positionBias: Matrix,
    sequences: PaddedSequences, heads: Int
  ) {
    (self.q, self.k, self.v, self.positions) = (q, k, v, positions)
    (self.contentBias, self.positionBias) = (contentBias, positionBias)
    (self.sequences, self.heads) = (sequences, heads)
  }

  func check() {
    precondition(heads > 0 && q.columns % heads == 0, "\(q.columns) columns do not divide into \(heads) heads")
    precondition(
      [k, v, positions, contentBias, positionBias].allSatisfy { $0.columns == q.columns }, "columns do not fit")
    precondition([q, k, v].allSatisfy { $0.rows == sequences.rows }, "rows do not fit")
    precondition(positions.rows == 2 * sequences.tokens - 1, "\(positions.rows) positions")
    precondition(contentBias.rows == 1 && positionBias.rows == 1, "a bias of several rows")
  }
}

/// Derivatives of the loss with respect to the parts of a ``RelativeAttentionInput``, in the same shapes.
package struct RelativeAttentionGradient {
  package var q, k, v, positions, contentBias, positionBias: Matrix

  package init(q: Matrix, k: Matrix, v: Matrix, positions: Matrix, contentBias: Matrix, positionBias: Matrix) {
    (self.q, self.k, self.v, self.positions) = (q, k, v, positions)
    (self.contentBias, self.positionBias) = (contentBias, positionBias)
  }
}

extension Operations {
  /// softmax(((q + contentBias)·kᵀ + shift((q + positionBias)·positionsᵀ)) / √width) · v for every sequence and head, where
  /// shift gives every query and key the position of their distance. Padding is not looked at, and its rows become zero.
  /// - Returns: (sequences.rows, heads · width).
  public func relativeAttention(_ input: RelativeAttentionInput) -> Matrix {
    input.check()
    let y = matrix(rows: input.q.rows, columns: input.q.columns)
    temporary {
      let memory = RelativeAttentionTiles.memory(input)
      let scratch = matrix(rows: threads, columns: memory)
      input.sequences.lengths.withUnsafeBufferPointer { lengths in
        guard let lengths = lengths.baseAddress else { return }
        let job = RelativeAttentionTiles(
          input, lengths, product: product, softmax: kernels.softmax, y: y, scratch: scratch)
        withExtendedLifetime((input, y, scratch)) {
          pool.parallel(input.sequences.batch * input.heads, job) { job, tile, worker in
            job.load(as: RelativeAttentionTiles.self).forward(tile, worker)
          }
        }
      }
    }
    for sequence in 0..<input.sequences.batch { clear(y, input.sequences.padding(of: sequence)) }
    recorder?.record(.relativeAttention(input, y: y))
    return y
  }

  /// Through ``relativeAttention(_:)``; adds to every gradient. A head goes through all sequences in order, because they
  /// share positions and biases: so the sums do not depend on the number of threads.
  package func relativeAttentionGradient(
    _ input: RelativeAttentionInput, dy: Matrix, into gradient: RelativeAttentionGradient
  ) {
    temporary {
      let scratch = matrix(rows: threads, columns: RelativeAttentionTiles.gradientMemory(input))
      input.sequences.lengths.withUnsafeBufferPointer { lengths in
        guard let lengths = lengths.baseAddress else { return }
        let job = RelativeAttentionGradientTiles(
          forward: RelativeAttentionTiles(
            input, lengths, product: product, softmax: kernels.softmax, y: dy, scratch: scratch),
          gradient: gradient, kernels: kernels)
        withExtendedLifetime((input, dy, gradient, scratch)) {
          pool.parallel(input.heads, job) { job, tile, worker in
            job.load(as: RelativeAttentionGradientTiles.self).run(tile, worker)
          }
        }
      }
    }
  }
}
