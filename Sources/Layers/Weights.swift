public import Tensor

/// A learnt tensor: its full name, its shape, and its values as a matrix.
public struct Parameter: Sendable {
  /// As in the checkpoint, "encoder.blocks.0.attn.q_bias".
  public let name: String
  /// Outermost first.
  public let shape: [Int]
  private let weight: ProductWeight

  init(name: String, shape: [Int], _ weight: ProductWeight) {
    (self.name, self.shape, self.weight) = (name, shape, weight)
  }

  /// (shape[0], all others multiplied); a tensor of one dimension is one row. A weight that was packed for products has
  /// none left.
  public var values: Matrix {
    guard case .plain(let values) = weight else { preconditionFailure("\(name) was packed for products") }
    return values
  }

  /// All values as one row, (1, count).
  public var row: Matrix {
    let values = values
    return Matrix(values.buffer, offset: values.offset, rows: 1, columns: values.rows * values.columns)
  }

  /// For products: plain, or packed.
  public var product: ProductWeight { weight }
}

/// Where a fresh parameter's values come from.
public enum Fresh: Sendable {
  case zeros
  case ones
  case constant(Float)
  /// U(−bound, bound).
  case uniform(bound: Float)
  /// U(±√(6 / (inputs + outputs))) for a shape (outputs, inputs).
  case xavierUniform
  /// N(0, deviation), drawn again outside ±bound.
  case truncatedNormal(deviation: Float, bound: Float)
}

/// The weights under one path, from a store or freshly made; layers read them the same way in both cases.
///
/// A layer reads each of its names once, in its `init`. What was asked is remembered, so that ``finish()`` can prove
/// that every name of the store was used and every shape fits. Not a store itself: it knows no file formats.
public struct Weights {
  private let ledger: Ledger
  /// What stands before the names here, with its dot: "encoder.blocks.0."
  public let path: String

  /// The weights of a checkpoint, whose names start at the root.
  ///
  /// - Parameters:
  ///   - store: the checkpoint.
  ///   - packing: how weights of products are packed, for recognition; nil keeps them plain, for training.
  public init(reading store: any TensorStore, packing: WeightPacking? = nil) {
    self.init(ledger: Ledger(source: .store(store), packing: packing), path: "")
  }

  /// Fresh weights: the same seed gives the same values, in whatever order they are asked for.
  public init(fresh seed: UInt64, packing: WeightPacking? = nil) {
    self.init(ledger: Ledger(source: .seed(seed), packing: packing), path: "")
  }

  /// How weights of products are packed, or nil.
  public var packing: WeightPacking? { ledger.packing }

  private init(ledger: Ledger, path: String) { (self.ledger, self.path) = (ledger, path) }

  /// The weights one step down; `part` may have dots, "blocks.0".
  public subscript(part: String) -> Weights { Weights(ledger: ledger, path: path + part + ".") }

  /// Everything asked so far, in the order asked.
  public var asked: [(name: String, shape: [Int])] { ledger.parameters.map { ($0.name, $0.shape) } }

  /// Everything asked so far with its values, in the order asked: what training makes its own copy of.
  public var parameters: [Parameter] { ledger.parameters }

  /// The same as a store, without a copy: what training with fresh weights begins with.
  public var store: MemoryStore {
    var store = MemoryStore()
    for parameter in parameters {
      store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
    }
    return store
  }

  /// The parameter `name` under this path, which must have this shape.
  ///
  /// A missing name or a wrong shape gives zeros and is told by ``finish()``, together with all others.
  /// - Throws: ``WeightError`` if a value is NaN or infinite; the store's error if it cannot be read.
  public func parameter(_ name: String, _ shape: [Int], fresh: Fresh) throws -> Parameter {
    try parameter(name, shape, fresh: fresh) { .plain($0) }
  }

  /// The same for a weight of products, which is packed where that is wanted.
  ///
  /// - Parameters:
  ///   - name: under this path.
  ///   - shape: (outputs, …).
  ///   - fresh: its values where there is no checkpoint.
  ///   - exact: whether it stays float32 whatever the precision.
  ///   - factors: (1, outputs): what every output's weights are multiplied with before they are packed, a batch
  ///     normalisation that is folded into them. A weight that is not packed stays as it is.
  public func product(
    _ name: String, _ shape: [Int], fresh: Fresh, exact: Bool = false, folding factors: Matrix? = nil
  ) throws -> Parameter {
    try parameter(name, shape, fresh: fresh) { values in
      guard let packing else { return .plain(values) }
      defer { values.buffer.releasePages() }
      return packing(factors.map { values.timesRows($0) } ?? values, exact: exact)
    }
  }

  private func parameter(
    _ name: String, _ shape: [Int], fresh: Fresh, _ kept: (Matrix) -> ProductWeight
  ) throws -> Parameter {
    let name = path + name
    let values = try ledger.values(of: name, shape, fresh)
    let rows = shape.count > 1 ? shape[0] : 1
    let count = shape.reduce(1, *)
    let parameter = Parameter(
      name: name, shape: shape, kept(Matrix(values, rows: rows, columns: rows == 0 ? 0 : count / rows)))
    ledger.parameters.append(parameter)
    return parameter
  }

  /// Call when every layer has read its weights.
  /// - Throws: ``WeightError`` naming what is missing, what has another shape, and what nobody asked for.
  public func finish() throws(WeightError) { try ledger.finish() }
}

/// What was asked of one source, shared by all paths into it.
private final class Ledger {
  enum Source {
    case store(any TensorStore)
    case seed(UInt64)
  }

  private let source: Source
  let packing: WeightPacking?
  var parameters: [Parameter] = []
  private var known: Set<String> = []
  private var missing: [String] = []
  private var misshapen: [WeightError.Mismatch] = []

  init(source: Source, packing: WeightPacking?) { (self.source, self.packing) = (source, packing) }

  func values(of name: String, _ shape: [Int], _ fresh: Fresh) throws -> FloatBuffer {
    precondition(known.insert(name).inserted, "\(name) is read twice")
    let count = shape.reduce(1, *)
    switch source {
    case .seed(let seed):
      var generator = SplitMix64(seed: seed, name: name)
      return fresh.values(shape, &generator)
    case .store(let store):
      guard let found = store.shape(of: name) else {
        missing.append(name)
        return FloatBuffer(count: count)
      }
      guard found == shape else {
        misshapen.append(WeightError.Mismatch(name: name, expected: shape, found: found))
        return FloatBuffer(count: count)
      }
      let values = try store.values(of: name)
      precondition(values.count == count, "\(name): the store gave \(values.count) values for \(shape)")
      if let index = values.firstNotFinite {
        throw WeightError.notFinite(name: name, index: index, value: values.base[index])
      }
      return values
    }
  }

  func finish() throws(WeightError) {
    guard case .store(let store) = source else { return }
    let unused = store.names.filter { !known.contains($0) }
    guard missing.isEmpty && misshapen.isEmpty && unused.isEmpty else {
      throw .unfit(missing: missing, misshapen: misshapen, unused: unused)
    }
  }
}

extension Fresh {
  fileprivate func values(_ shape: [Int], _ generator: inout SplitMix64) -> FloatBuffer {
    let values = FloatBuffer(count: shape.reduce(1, *))
    func fill(_ make: () -> Float) { for index in 0..<values.count { values.base[index] = make() } }
    switch self {
    case .zeros: break
    case .ones: fill { 1 }
    case .constant(let value): fill { value }
    case .uniform(let bound): fill { generator.symmetric() * bound }
    case .xavierUniform:
      precondition(shape.count == 2, "Xavier is for (outputs, inputs)")
      let bound = (6 / Float(shape[0] + shape[1])).squareRoot()
      fill { generator.symmetric() * bound }
    case .truncatedNormal(let deviation, let bound):
      fill {
        while true {
          let value = Float(generator.normal()) * deviation
          if abs(value) <= bound { return value }
        }
      }
    }
    return values
  }
}

extension Matrix {
  /// A copy whose rows are multiplied with the values of `factors`, (1, rows).
  func timesRows(_ factors: Matrix) -> Matrix {
    precondition(factors.rows == 1 && factors.columns == rows, "\(factors.columns) factors for \(rows) rows")
    let y = Matrix(rows: rows, columns: columns)
    for row in 0..<rows { for column in 0..<columns { y[row, column] = factors[0, row] * self[row, column] } }
    return y
  }
}
