/// Named tensors, wherever they are kept: a mapped file, an archive, memory.
///
/// Layers read their weights through this, so they do not know about file formats.
public protocol TensorStore: Sendable {
  /// Every name, in the store's own order.
  var names: [String] { get }

  /// The dimensions of `name`, outermost first, or nil if there is no such name.
  func shape(of name: String) -> [Int]?

  /// The values of `name`, row-major, as float32: mapped where the store holds them so, converted otherwise.
  /// - Throws: the store's error, naming the file, if the values cannot be read.
  func values(of name: String) throws -> FloatBuffer
}

/// The tensors of two stores; of one name those of the first.
public struct JoinedStore: TensorStore {
  private let first, second: any TensorStore
  /// Of the first store, then what only the second one has.
  public let names: [String]

  public init(_ first: any TensorStore, _ second: any TensorStore) {
    (self.first, self.second) = (first, second)
    let known = Set(first.names)
    names = first.names + second.names.filter { !known.contains($0) }
  }

  /// The tensor's shape, outermost dimension first; nil where neither store has it.
  public func shape(of name: String) -> [Int]? { first.shape(of: name) ?? second.shape(of: name) }

  /// The tensor's values.
  /// - Throws: what the store of the tensor throws.
  public func values(of name: String) throws -> FloatBuffer {
    try first.shape(of: name) == nil ? second.values(of: name) : first.values(of: name)
  }
}

/// Tensors in memory.
public struct MemoryStore: TensorStore {
  public private(set) var names: [String] = []
  private var tensors: [String: (shape: [Int], values: FloatBuffer)] = [:]

  public init() {}

  /// Adds a tensor, or replaces the one of this name.
  ///
  /// - Precondition: `values` has as many values as `shape` says.
  public mutating func add(_ name: String, shape: [Int], values: FloatBuffer) {
    precondition(values.count == shape.reduce(1, *), "\(name): \(values.count) values for shape \(shape)")
    if tensors.updateValue((shape, values), forKey: name) == nil { names.append(name) }
  }

  /// The tensor's shape, outermost dimension first; nil where there is no such tensor.
  public func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  /// The tensor's values.
  ///
  /// - Precondition: There is such a tensor.
  public func values(of name: String) throws -> FloatBuffer {
    guard let tensor = tensors[name] else { preconditionFailure("no tensor \(name): ask shape(of:) first") }
    return tensor.values
  }
}
