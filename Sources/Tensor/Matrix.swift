/// A row-major view of float32 values: `rows` rows of `columns` neighbours, `rowStride` values apart.
///
/// A view keeps its buffer alive, but not its values: those from an `Arena` last until the arena is reset.
/// Tokens are rows: a batch of `b` sequences of `n` tokens is b·n rows. No gradients, no shapes beyond two dimensions.
public struct Matrix: Sendable {
  /// The owner of the values.
  public let buffer: FloatBuffer
  /// Where the first value stands in the buffer.
  public let offset: Int
  public let rows: Int
  public let columns: Int
  /// Values from the start of one row to the start of the next, at least `columns` (where there is more than one row).
  public let rowStride: Int

  /// A view of `buffer`; the whole view must lie inside.
  public init(_ buffer: FloatBuffer, offset: Int = 0, rows: Int, columns: Int, rowStride: Int? = nil) {
    let stride = rowStride ?? columns
    precondition(rows >= 0 && columns >= 0 && offset >= 0 && (stride >= columns || rows <= 1), "no such view")
    let end = rows == 0 || columns == 0 ? offset : offset + (rows - 1) * stride + columns
    precondition(end <= buffer.count, "a view of \(rows)×\(columns) at \(offset) ends behind \(buffer.count) values")
    (self.buffer, self.offset, self.rows, self.columns, self.rowStride) = (buffer, offset, rows, columns, stride)
  }

  /// Zeros in memory of their own.
  public init(rows: Int, columns: Int) {
    self.init(FloatBuffer(count: rows * columns), rows: rows, columns: columns)
  }

  /// The first value. Valid while `buffer` is kept: a caller that holds the matrix may use it.
  package var base: UnsafeMutablePointer<Float> { buffer.base + offset }

  /// Some of the rows; no copy.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return Matrix(
      buffer, offset: offset + range.lowerBound * rowStride, rows: range.count, columns: columns, rowStride: rowStride)
  }

  /// Some of the columns; no copy.
  public func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
    return Matrix(buffer, offset: offset + range.lowerBound, rows: rows, columns: range.count, rowStride: rowStride)
  }

  /// One value.
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "no value at \(row), \(column)")
      return base[row * rowStride + column]
    }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "no value at \(row), \(column)")
      base[row * rowStride + column] = newValue
    }
  }

  /// A copy of the values, row by row, for tests and small reads.
  public var array: [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows * columns)
    for row in 0..<rows {
      values.append(contentsOf: UnsafeBufferPointer(start: base + row * rowStride, count: columns))
    }
    return values
  }
}
