package import Tensor

/// How a file stores one value of a tensor.
enum ElementType: String, Sendable, CaseIterable {
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float32 = "F32"
  case float64 = "F64"
  case bool = "BOOL"
  case int8 = "I8"
  case uint8 = "U8"
  case int16 = "I16"
  case uint16 = "U16"
  case int32 = "I32"
  case uint32 = "U32"
  case int64 = "I64"
  case uint64 = "U64"

  /// Bytes of one value.
  var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Weights are floating point; counters and masks are not.
  var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// The class of a PyTorch storage in module `torch`, such as `HalfStorage`.
  init?(torchStorage name: String) {
    switch name {
    case "FloatStorage": self = .float32
    case "HalfStorage": self = .float16
    case "BFloat16Storage": self = .bfloat16
    case "DoubleStorage": self = .float64
    case "BoolStorage": self = .bool
    case "CharStorage": self = .int8
    case "ByteStorage": self = .uint8
    case "ShortStorage": self = .int16
    case "IntStorage": self = .int32
    case "LongStorage": self = .int64
    default: return nil
    }
  }

  /// `count` little-endian values that lie one after another at `source` (any alignment), as float32.
  func convert(_ source: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<Float>) {
    switch self {
    case .float32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: 4 * count)
    case .float16: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self)) }
    case .bfloat16:
      fill(target, count) {
        Float(bitPattern: UInt32(source.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) << 16)
      }
    case .float64: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)) }
    case .bool: fill(target, count) { source.load(fromByteOffset: $0, as: UInt8.self) == 0 ? 0 : 1 }
    case .int8: fill(target, count) { Float(source.load(fromByteOffset: $0, as: Int8.self)) }
    case .uint8: fill(target, count) { Float(source.load(fromByteOffset: $0, as: UInt8.self)) }
    case .int16: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)) }
    case .uint16: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) }
    case .int32: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
    case .uint32: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    case .int64: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
    case .uint64: fill(target, count) { Float(source.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
    }
  }
}

@inline(__always)
private func fill(_ target: UnsafeMutablePointer<Float>, _ count: Int, _ value: (Int) -> Float) {
  for i in 0..<count { target[i] = value(i) }
}

/// The product of `shape`, or nil if a dimension is negative or the product overflows.
func elementCount(_ shape: [Int]) -> Int? {
  var product = 1
  for dimension in shape {
    guard dimension >= 0 else { return nil }
    let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
    if overflow { return nil }
    product = next
  }
  return product
}

/// The position of the first value that is NaN or infinite, or nil: a model with such weights must not run.
package func firstNonFinite(in buffer: FloatBuffer) -> Int? {
  // All exponent bits set. Blocks without one are passed over by an integer loop, which vectorises.
  let exponent: UInt32 = 0x7f80_0000
  let bits = UnsafeRawPointer(buffer.base)
  var start = 0
  while start < buffer.count {
    let end = min(start + 4096, buffer.count)
    var found: UInt32 = 0
    for i in start..<end {
      found |= bits.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self) & exponent == exponent ? 1 : 0
    }
    if found != 0 { return (start..<end).first { !buffer.base[$0].isFinite } }
    start = end
  }
  return nil
}
