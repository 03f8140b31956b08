internal import Files
public import Tensor

/// How weights are stored.
public enum WeightFormat: String, Sendable, CaseIterable {
  case float32 = "f32"
  /// Matrices as bfloat16, rounded to the nearest and ties to even. Tensors of one dimension or none (biases, norms, weights
  /// of layers) stay float32: they are small, and their errors would affect every value.
  case bfloat16 = "bf16"

  func type(of shape: [Int]) -> ElementType { self == .bfloat16 && shape.count >= 2 ? .bfloat16 : .float32 }
}

/// Writes the tensors of `store` as safetensors, in the store's order, tensor by tensor.
///
/// The file appears at `path` whole or not at all. The header is padded so that values are 8-byte aligned and can be
/// mapped. The same tensors and metadata give the same bytes.
/// - Throws: `FileError` of kind `cannotWrite`, or the store's own error.
public func writeSafetensors(
  _ store: any TensorStore, to path: String, as format: WeightFormat = .float32, metadata: [String: String] = [:]
) throws {
  var members: [String] = []
  if !metadata.isEmpty {
    let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
    members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
  }
  var seen: Set<String> = ["__metadata__"]
  var offset = 0
  for name in store.names {
    guard seen.insert(name).inserted, let shape = store.shape(of: name), let count = elementCount(shape) else {
      throw FileError(
        .cannotWrite, path: path, problem: "the tensor '\(printable(name))' is given twice or has no usable shape")
    }
    let dimensions = shape.map(String.init).joined(separator: ",")
    let type = format.type(of: shape)
    let end = offset + type.size * count
    let range = "[\(offset),\(end)]"
    members.append(
      "\(quoted(name)):{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(dimensions)],\"data_offsets\":\(range)}")
    offset = end
  }
  var header = "{\(members.joined(separator: ","))}"
  header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

  let file = try AtomicFile(path)
  try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try file.write($0) }
  try file.write(header)
  for name in store.names {
    let values = try store.values(of: name)
    let shape = store.shape(of: name) ?? []
    guard values.count == elementCount(shape) else {
      throw FileError(
        .cannotWrite, path: path, problem: "the tensor '\(printable(name))' has \(values.count) values, not its shape's"
      )
    }
    switch format.type(of: shape) {
    case .bfloat16:
      let halves = (0..<values.count).map { roundedToBFloat16(values.base[$0]).littleEndian }
      try halves.withUnsafeBytes { try file.write($0) }
    default: try file.write(UnsafeRawBufferPointer(start: values.base, count: 4 * values.count))
    }
  }
  try file.commit()
}

/// The bits of the nearest bfloat16, ties to even; NaN stays NaN.
func roundedToBFloat16(_ value: Float) -> UInt16 {
  guard !value.isNaN else { return 0x7fc0 }
  let bits = value.bitPattern
  return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
}

/// `text` as a JSON string.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\u{0}"..<"\u{20}":
      let hex = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
