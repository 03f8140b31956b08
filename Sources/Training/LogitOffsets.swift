package import Tensor

extension Matrix {
  /// The same with offsets added to every row, in memory of its own; nil: it itself.
  package func adding(_ offsets: [Float]?) -> Matrix {
    guard let offsets else { return self }
    precondition(offsets.count == columns, "\(offsets.count) offsets of \(columns) columns")
    let sum = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { sum[row, column] = self[row, column] + offsets[column] }
    }
    return sum
  }
}
