internal import COpenBLAS

/// An error of LAPACK.
public struct LAPACKError: Error, Hashable, Sendable, CustomStringConvertible {
  public var operation: String
  /// Negative: which argument it refused; positive: what did not converge.
  public var code: Int

  public var description: String { "LAPACK: \(operation) ended with \(code)" }
}

/// The directions in which rows differ most, by a singular value decomposition: principal component analysis.
public struct PrincipalComponents: Sendable {
  /// Of the rows.
  public let mean: [Double]
  /// Of length 1 and at right angles, the one that most varies along first. The largest entry of each is positive, so that
  /// the same rows give the same picture.
  public let directions: [[Double]]
  /// Each direction's part of the rows' variance; 0 where nothing varies.
  public let shares: [Double]

  /// - Parameters:
  ///   - rows: at least one, of the same length, all numbers finite.
  ///   - count: of directions; there are no more than rows or than entries of a row.
  /// - Throws: ``LAPACKError``. The C function is `dgesdd`.
  public init(_ rows: [[Float]], count: Int) throws {
    let (n, width) = (rows.count, rows.first?.count ?? 0)
    precondition(n > 0 && width > 0 && count > 0, "\(count) directions of \(n) rows of \(width)")
    precondition(rows.allSatisfy { $0.count == width }, "rows of different lengths")
    var mean = [Double](repeating: 0, count: width)
    for row in rows { for (place, value) in row.enumerated() { mean[place] += Double(value) / Double(n) } }
    // A row is a column of LAPACK's matrix, so directions are its left singular vectors.
    var a = rows.flatMap { row in row.enumerated().map { Double($1) - mean[$0] } }
    let total = a.reduce(0) { $0 + $1 * $1 }
    let rank = min(n, width)
    var singular = [Double](repeating: 0, count: rank)
    let left = try Self.leftVectors(&a, width: width, rows: n, &singular)
    let kept = min(count, rank)
    self.mean = mean
    directions = (0..<kept).map { index in
      let direction = Array(left[index * width..<(index + 1) * width])
      let largest = direction.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? direction.map { -$0 } : direction
    }
    shares = singular[..<kept].map { total > 0 ? $0 * $0 / total : 0 }
  }

  /// Where a row lies along each direction, from the mean.
  public func places(of row: [Float]) -> [Double] {
    precondition(row.count == mean.count, "a row of \(row.count) instead of \(mean.count)")
    return directions.map { direction in
      var sum = 0.0
      for place in row.indices { sum += (Double(row[place]) - mean[place]) * direction[place] }
      return sum
    }
  }

  /// Singular values falling, and as many left vectors one after the other; `a` is used up.
  private static func leftVectors(
    _ a: inout [Double], width: Int, rows: Int, _ singular: inout [Double]
  ) throws -> [Double] {
    MatrixProduct.prepare()
    let rank = min(width, rows)
    var left = [Double](repeating: 0, count: width * rank)
    var right = [Double](repeating: 0, count: rank * rows)
    var whole = [blasint](repeating: 0, count: 8 * rank)
    var jobz: CChar = 83  // "S": as many vectors as there are values.
    // Each address is an argument of its own, and Swift wants no two of one variable.
    var (m, n) = (blasint(width), blasint(rows))
    var (aStride, leftStride, rightStride) = (m, m, blasint(rank))
    var code: blasint = 0
    // The first call says how much memory the second one wants.
    var work = [0.0]
    for length in [blasint(-1), 0] {
      var length = length < 0 ? length : blasint(work[0])
      if length > 0 { work = [Double](repeating: 0, count: Int(length)) }
      dgesdd_(
        &jobz, &m, &n, &a, &aStride, &singular, &left, &leftStride, &right, &rightStride, &work, &length, &whole, &code,
        1)
      guard code == 0 else { throw LAPACKError(operation: "dgesdd", code: Int(code)) }
    }
    return left
  }
}
