internal import Files

/// A value on the pickle machine's stack. Containers are positions in a `PickleHeap`, so values never nest: hostile depth
/// and cycles cost nothing, and freeing them cannot recurse.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case text(String)
  /// A tuple or a list.
  case sequence(Int)
  case dictionary(Int)
  case global(PickleGlobal)
  case storage(Int)
  case tensor(Int)
  /// Data that a state dict carries along and nobody reads: arguments, optimizer settings, numpy scalars, floats, bytes.
  case inert
}

/// What containers hold, by position.
struct PickleHeap {
  var sequences: [[PickleValue]] = []
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [TorchStorage] = []
  var tensors: [TorchTensor] = []

  mutating func sequence(_ items: [PickleValue]) -> PickleValue {
    sequences.append(items)
    return .sequence(sequences.count - 1)
  }

  mutating func dictionary() -> PickleValue {
    dictionaries.append([])
    return .dictionary(dictionaries.count - 1)
  }

  func items(_ value: PickleValue) -> [PickleValue]? {
    if case .sequence(let index) = value { sequences[index] } else { nil }
  }

  /// The integers of a tuple of nothing else. Short, because a pickle may recall one long tuple very often.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let items = items(value), items.count <= TorchTensor.dimensionLimit else { return nil }
    var integers: [Int] = []
    for item in items {
      guard case .integer(let integer) = item else { return nil }
      integers.append(integer)
    }
    return integers
  }
}

/// Raw values in an archive member, shared by the tensors that view them.
struct TorchStorage: Hashable {
  /// The archive member `data/<key>`.
  var key: String
  var type: ElementType
  /// How many values.
  var count: Int
}

/// A view of a storage; not yet checked against it.
struct TorchTensor {
  var storage: TorchStorage
  /// In values, not bytes.
  var offset: Int
  var shape, strides: [Int]
}

/// The few names that a pickle may mention. None of them is ever called: each is a rule about plain data.
enum PickleGlobal: Equatable {
  case rebuildTensor
  case rebuildParameter
  case storageType(ElementType)
  case orderedDict
  /// What it makes is data that nobody reads.
  case inert

  /// - Throws: `FormatProblem` naming the global if it is none of ours.
  init(module: String, name: String) throws {
    switch (module, name) {
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("collections", "OrderedDict"): self = .orderedDict
    case ("argparse", "Namespace"), ("torch", "Size"), ("torch", "device"), ("collections", "defaultdict"),
      ("numpy", "dtype"), ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"),
      ("_codecs", "encode"), ("builtins", "dict"), ("__builtin__", "dict"):
      self = .inert
    case ("torch", let name) where Self.dtypes.contains(name): self = .inert
    case ("torch", let name):
      guard let type = ElementType(torchStorage: name) else { throw Self.refusal(module, name) }
      self = .storageType(type)
    default: throw Self.refusal(module, name)
    }
  }

  private static let dtypes: Set<String> = [
    "float16", "bfloat16", "float32", "float64", "bool", "int8", "uint8", "int16", "int32", "int64",
  ]

  private static func refusal(_ module: String, _ name: String) -> FormatProblem {
    FormatProblem(
      "the pickle names the global \(printable(module)).\(printable(name)), which no state dict needs; nothing was run",
      remedy: "do not trust this file, or save its state dict alone: torch.save({'model': model.state_dict()}, …)")
  }
}
