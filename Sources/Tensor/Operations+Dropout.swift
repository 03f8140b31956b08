internal import CKernels

/// What dropout leaves out (Srivastava et al. 2014): every value with the same chance, and all others are scaled up.
public struct Dropout: Hashable, Sendable {
  /// The chance that a value is left out, below 1.
  public let rate: Double
  /// The same seed leaves out the same values.
  public let seed: UInt64
  /// Sequences of the batch before the first that is computed: each sequence has its own chances wherever a batch is cut.
  public let first: Int

  public init(rate: Double, seed: UInt64, first: Int = 0) {
    precondition(rate >= 0 && rate < 1 && first >= 0, "a dropout of \(rate) from sequence \(first)")
    (self.rate, self.seed, self.first) = (rate, seed, first)
  }

  /// The same chances for the batch's sequences from `first` on.
  public func from(_ first: Int) -> Dropout { Dropout(rate: rate, seed: seed, first: first) }

  /// Chances of their own for one place in a network.
  public func named(_ name: String) -> Dropout {
    var mixer = SplitMix64(seed: seed, name: name)
    return Dropout(rate: rate, seed: mixer.next(), first: first)
  }
}

extension Operations {
  /// x with some values left out and all others divided by 1 − rate.
  ///
  /// - Parameters:
  ///   - x: (batch · tokens, columns).
  ///   - dropout: what is left out.
  ///   - batch: the number of sequences.
  public func dropout(_ x: Matrix, _ dropout: Dropout, batch: Int) -> Matrix {
    precondition(batch > 0 && x.rows % batch == 0, "rows do not divide into \(batch) sequences")
    let y = matrix(rows: x.rows, columns: x.columns)
    pass(x, dropout, batch: batch) { row, column, factor in
      y.base[row * y.rowStride + column] = factor * x.base[row * x.rowStride + column]
    }
    recorder?.record(.dropout(x: x, dropout: dropout, batch: batch, y: y))
    return y
  }

  /// Through ``dropout(_:_:batch:)``: the values that were left out get nothing. Adds to dx.
  package func dropoutGradient(_ dy: Matrix, _ dropout: Dropout, batch: Int, into dx: Matrix) {
    pass(dy, dropout, batch: batch) { row, column, factor in
      dx.base[row * dx.rowStride + column] += factor * dy.base[row * dy.rowStride + column]
    }
  }

  @inline(__always)
  private func pass(
    _ x: Matrix, _ dropout: Dropout, batch: Int, _ body: (_ row: Int, _ column: Int, _ factor: Float) -> Void
  ) {
    let (tokens, kept) = (x.rows / batch, Float(1 / (1 - dropout.rate)))
    // Of the 2³² values of half a random number.
    let limit = UInt64(dropout.rate * 0x1p32)
    for sequence in 0..<batch {
      var seeds = SplitMix64(seed: dropout.seed &+ UInt64(dropout.first + sequence) &* 0x9e37_79b9_7f4a_7c15)
      var generator = SplitMix64(seed: seeds.next())
      for row in sequence * tokens..<(sequence + 1) * tokens {
        for column in stride(from: 0, to: x.columns, by: 2) {
          let bits = generator.next()
          body(row, column, bits & 0xffff_ffff < limit ? 0 : kept)
          if column + 1 < x.columns { body(row, column + 1, bits >> 32 < limit ? 0 : kept) }
        }
      }
    }
  }
}
