public import Layers
public import Tensor

/// All parameters of a model, their gradients and both moments of AdamW, each flat in one buffer with the same places.
///
/// The model that is trained is built on ``store``, so its layers read these very values: a step changes them in place.
public final class ParameterSet {
  /// One parameter's place.
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    /// Its values' range in each of the buffers.
    public let range: Range<Int>
  }

  /// In the order in which the model asked for them.
  public let entries: [Entry]
  public let values, gradients, first, second: FloatBuffer
  private let places: [String: Int]
  /// Whether no gradient of a batch was added since they were cleared.
  package internal(set) var gradientsAreClear = true

  /// What messages call the model.
  let model: String

  /// Copies what the weights were asked for.
  /// - Parameters:
  ///   - weights: of a whole model.
  ///   - model: what messages call the model.
  public init(_ weights: Weights, of model: String = "model") {
    self.model = model
    var entries: [Entry] = []
    var end = 0
    for parameter in weights.parameters {
      let count = parameter.shape.reduce(1, *)
      entries.append(Entry(name: parameter.name, shape: parameter.shape, range: end..<end + count))
      // Every one starts on a cache line; the gaps stay zero.
      end += (count + 15) / 16 * 16
    }
    self.entries = entries
    places = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].name, $0) })
    values = FloatBuffer(count: end)
    gradients = FloatBuffer(count: end)
    first = FloatBuffer(count: end)
    second = FloatBuffer(count: end)
    for (entry, parameter) in zip(entries, weights.parameters) {
      let source = parameter.values.array
      for index in source.indices { values.base[entry.range.lowerBound + index] = source[index] }
    }
  }

  /// The values by name, without a copy: what the model is built on, and what is saved.
  public var store: any TensorStore { store(of: values) }

  /// A buffer with the same places by name, without a copy.
  func store(of buffer: FloatBuffer) -> any TensorStore {
    var store = MemoryStore()
    for entry in entries { store.add(entry.name, shape: entry.shape, values: slice(buffer, entry)) }
    return store
  }

  private func slice(_ buffer: FloatBuffer, _ entry: Entry) -> FloatBuffer {
    FloatBuffer(borrowing: buffer.base + entry.range.lowerBound, count: entry.range.count, owner: buffer)
  }

  /// The place of a parameter; nil if there is none of this name.
  public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// The gradient of `name`, as a view on the flat buffer; nil if there is no such parameter.
  public func gradient(of name: String) -> Matrix? { self[name].map { matrix(gradients, $0) } }

  private func matrix(_ buffer: FloatBuffer, _ entry: Entry) -> Matrix {
    let rows = entry.shape.count > 1 ? entry.shape[0] : 1
    return Matrix(buffer, offset: entry.range.lowerBound, rows: rows, columns: entry.range.count / max(rows, 1))
  }

  /// Which parameter these values are of, among ``entries``, and the place of the first of them in it; nil if they are
  /// no parameter's.
  func place(of view: Matrix) -> (entry: Int, offset: Int)? {
    // Layers hold views of slices, so the address says which values they are.
    let offset = view.base - values.base
    guard offset >= 0 && offset < values.count else { return nil }
    // The last one that starts at or before the view.
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].range.lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0, entries[low - 1].range.contains(offset) else { return nil }
    return (low - 1, offset - entries[low - 1].range.lowerBound)
  }

  /// A parameter's values in a buffer with the same places, as one row.
  func run(_ entry: Entry, of buffer: FloatBuffer) -> Matrix {
    Matrix(buffer, offset: entry.range.lowerBound, rows: 1, columns: entry.range.count)
  }

  /// Sets all gradients to zero.
  public func clearGradients() {
    gradients.base.update(repeating: 0, count: gradients.count)
    gradientsAreClear = true
  }

  /// √Σg² of one parameter, summed in double precision.
  public func gradientNorm(_ entry: Entry) -> Double {
    gradients.sumOfSquares(entry.range).squareRoot()
  }

  /// √Σg² of all: finite exactly where every gradient is.
  public var gradientNorm: Double {
    entries.reduce(0.0) { $0 + gradients.sumOfSquares($1.range) }.squareRoot()
  }

  /// The first parameter whose gradient has a NaN or an infinity: training must stop there.
  public var firstBadGradient: Entry? { first(bad: gradients) }

  /// The first parameter that has a NaN or an infinity itself.
  var firstBadValue: Entry? { first(bad: values) }

  private func first(bad buffer: FloatBuffer) -> Entry? {
    buffer.firstNotFinite.flatMap { index in entries.first { $0.range.contains(index) } }
  }
}
