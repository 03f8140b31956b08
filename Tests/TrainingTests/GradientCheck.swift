import Layers
import Tensor
import TestSupport
import Training

/// A matrix in double precision, for references.
struct Grid {
  let rows, columns: Int
  var values: [Double]

  init(_ rows: Int, _ columns: Int, _ value: (_ row: Int, _ column: Int) -> Double = { _, _ in 0 }) {
    (self.rows, self.columns) = (rows, columns)
    values = (0..<rows * columns).map { value($0 / columns, $0 % columns) }
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  func columns(_ range: Range<Int>) -> Grid { Grid(rows, range.count) { self[$0, range.lowerBound + $1] } }

  /// self · otherᵀ.
  func timesTransposed(_ other: Grid) -> Grid {
    Grid(rows, other.rows) { row, column in
      (0..<columns).reduce(0) { $0 + self[row, $1] * other[column, $1] }
    }
  }

  static func + (a: Grid, b: Grid) -> Grid { Grid(a.rows, a.columns) { a[$0, $1] + b[$0 % b.rows, $1] } }
}

/// An operation as it is, and the same in double precision, written plainly.
struct GradientCase {
  var name: String
  /// Rows and columns of each input.
  var shapes: [(Int, Int)]
  var operation: ([Matrix], Operations) -> Matrix
  var reference: ([Grid]) -> Grid

  /// The worst difference of any input's gradient from central differences of the reference, relative to that
  /// gradient's largest value, or 0.01. The loss is a sum of the results with arbitrary factors.
  func worst(level: KernelLevel) throws -> WorstDifference {
    var store = MemoryStore()
    for (index, (rows, columns)) in shapes.enumerated() {
      store.add(
        "\(index)", shape: [rows, columns], values: Hashed.values("\(name)/\(index)", count: rows * columns))
    }
    let weights = Weights(reading: store)
    for (index, (rows, columns)) in shapes.enumerated() {
      _ = try weights.parameter("\(index)", [rows, columns], fresh: .zeros)
    }
    let parameters = ParameterSet(weights)
    let placed = Weights(reading: parameters.store)
    let inputs = try shapes.enumerated().map { index, shape in
      try placed.parameter("\(index)", [shape.0, shape.1], fresh: .zeros).values
    }
    let operations = Operations(threads: 2, level: level)
    let tape = Tape(parameters, operations)
    let y = operations.recorded(by: tape) { operation(inputs, operations) }
    let factors = Hashed.values("\(name)/factors", count: y.rows * y.columns).array
    let seed = tape.seed(y)
    for row in 0..<y.rows { for column in 0..<y.columns { seed[row, column] = factors[row * y.columns + column] } }
    tape.backward()

    var grids = inputs.map { input in Grid(input.rows, input.columns) { Double(input[$0, $1]) } }
    func loss() -> Double { zip(reference(grids).values, factors).reduce(0) { $0 + $1.0 * Double($1.1) } }
    var worst = WorstDifference()
    for (index, input) in grids.enumerated() {
      let gradient = parameters.gradient(of: "\(index)")?.array.map(Double.init) ?? []
      let truth = input.values.indices.map { place in
        let (value, step) = (input.values[place], 1e-5)
        grids[index].values[place] = value + step
        let above = loss()
        grids[index].values[place] = value - step
        let below = loss()
        grids[index].values[place] = value
        return (above - below) / (2 * step)
      }
      // Attention to a single key has no gradient of queries at all.
      let largest = truth.reduce(0.01) { max($0, abs($1)) }
      for (place, value) in truth.enumerated() {
        worst.see(
          "\(name), \(level), input \(index) at \(place)", gradient[place], value,
          difference: abs(gradient[place] - value) / largest)
      }
    }
    return worst
  }
}
