internal import CKernels
internal import Glibc

/// Some tokens of every sequence of a batch, the same number in each.
public struct TokenChoice: Hashable, Sendable {
  /// Tokens of a whole sequence.
  public let tokens: Int
  public let batch: Int
  /// The chosen tokens' places in their own sequence, sequence after sequence.
  public let places: [Int]

  /// - Parameters:
  ///   - tokens: of a whole sequence.
  ///   - places: for every sequence, those chosen.
  public init(tokens: Int, places: [[Int]]) {
    precondition(!places.isEmpty, "a choice for no sequence")
    precondition(places.allSatisfy { $0.count == places[0].count }, "sequences have different numbers of chosen tokens")
    precondition(places.allSatisfy { $0.allSatisfy { 0..<tokens ~= $0 } }, "a chosen token is not one of \(tokens)")
    self.tokens = tokens
    batch = places.count
    self.places = places.flatMap { $0 }
  }

  private init(tokens: Int, batch: Int, places: [Int]) {
    (self.tokens, self.batch, self.places) = (tokens, batch, places)
  }

  /// The same choice for some of the sequences, at least one.
  public func sequences(_ range: Range<Int>) -> TokenChoice {
    precondition(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= batch, "sequences \(range) of \(batch)")
    return TokenChoice(
      tokens: tokens, batch: range.count, places: Array(places[range.lowerBound * count..<range.upperBound * count]))
  }

  /// Chosen tokens of one sequence.
  public var count: Int { places.count / batch }
  /// The rows of the chosen tokens in a matrix of all tokens.
  public var rows: [Int] { places.indices.map { $0 / count * tokens + places[$0] } }
}

extension Operations {
  /// y[i] = x[rows[i]]: (rows.count, columns). A row should be taken once: its gradient is the sum otherwise.
  public func gather(_ x: Matrix, rows: [Int]) -> Matrix {
    let y = matrix(rows: rows.count, columns: x.columns)
    for (target, row) in rows.enumerated() {
      precondition(row >= 0 && row < x.rows, "no row \(row) of \(x.rows)")
      memcpy(y.base + target * y.rowStride, x.base + row * x.rowStride, x.columns * MemoryLayout<Float>.stride)
    }
    recorder?.record(.gather(x: x, rows: rows, y: y))
    return y
  }

  /// Every sequence of `x` followed by one row for each token of `rest`: `token` plus its position.
  ///
  /// - Parameters:
  ///   - x: (batch · present, columns).
  ///   - token: (1, columns).
  ///   - positions: (rest.tokens, columns), constant.
  ///   - rest: the tokens that `x` does not have.
  /// - Returns: (batch · (present + rest.count), columns).
  public func filled(_ x: Matrix, token: Matrix, positions: Matrix, rest: TokenChoice) -> Matrix {
    precondition(x.rows % rest.batch == 0, "rows do not divide into \(rest.batch) sequences")
    precondition(token.rows == 1 && token.columns == x.columns && positions.columns == x.columns, "widths differ")
    precondition(positions.rows == rest.tokens, "\(positions.rows) positions for \(rest.tokens) tokens")
    let present = x.rows / rest.batch
    let y = matrix(rows: x.rows + rest.places.count, columns: x.columns)
    for sequence in 0..<rest.batch {
      let start = sequence * (present + rest.count)
      kernels.residual_bias(
        x.base + sequence * present * x.rowStride, x.rowStride, nil, y.base + start * y.rowStride, y.rowStride, present,
        y.columns)
      for index in 0..<rest.count {
        let place = rest.places[sequence * rest.count + index]
        kernels.residual_bias(
          positions.base + place * positions.rowStride, positions.rowStride, token.base,
          y.base + (start + present + index) * y.rowStride, y.rowStride, 1, y.columns)
      }
    }
    recorder?.record(.filled(x: x, token: token, batch: rest.batch, y: y))
    return y
  }

  /// residual + factors[sequence] · branch.
  ///
  /// - Parameters:
  ///   - branch: (batch · tokens, columns).
  ///   - factors: one for each sequence.
  ///   - residual: (batch · tokens, columns).
  ///   - y: (batch · tokens, columns), memory of the caller; from the arena if nil.
  @discardableResult
  public func scaledSum(
    _ branch: Matrix, factors: [Float], adding residual: Matrix, into y: Matrix? = nil
  ) -> Matrix {
    precondition(branch.rows == residual.rows && branch.columns == residual.columns, "shapes do not fit")
    precondition(!factors.isEmpty && branch.rows % factors.count == 0, "rows do not divide into \(factors.count)")
    let y = y ?? matrix(rows: branch.rows, columns: branch.columns)
    precondition(y.rows == branch.rows && y.columns == branch.columns, "the result has another shape")
    kernels.residual_bias(residual.base, residual.rowStride, nil, y.base, y.rowStride, y.rows, y.columns)
    let tokens = branch.rows / factors.count
    for row in 0..<branch.rows where factors[row / tokens] != 0 {
      kernels.accumulate(
        y.base + row * y.rowStride, branch.base + row * branch.rowStride, factors[row / tokens], y.columns)
    }
    recorder?.record(.scaledSum(branch: branch, factors: factors, residual: residual, y: y))
    return y
  }
}
