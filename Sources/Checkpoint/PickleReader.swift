/// Bytes of a pickle, read in order and never past the end.
struct PickleReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func byte() throws -> UInt8 { try take(1)[0] }

  /// Little-endian, as every fixed-width number in a pickle but BINFLOAT.
  mutating func unsigned<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws -> T {
    T(littleEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
  }

  mutating func take(_ count: UInt64) throws -> UnsafeRawBufferPointer {
    guard count <= UInt64(bytes.count - position) else {
      throw FormatProblem("the pickle is cut short at byte \(bytes.count)")
    }
    return try take(Int(count))
  }

  mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count <= bytes.count - position else {
      throw FormatProblem("the pickle is cut short at byte \(bytes.count)")
    }
    let start = position
    position += count
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  mutating func text(_ count: UInt64) throws -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw FormatProblem("the pickle has a text that is not UTF-8 before byte \(position)")
    }
    return text
  }

  /// Up to a line feed, which is consumed.
  mutating func line() throws -> String {
    let rest = bytes[position...]
    guard let end = rest.firstIndex(of: 0x0a) else { throw FormatProblem("the pickle is cut short in a name") }
    let text = try text(UInt64(end - position))
    position += 1
    return text
  }

  /// A two's complement integer of `count` bytes; nil if it does not fit 64 bits.
  mutating func long(_ count: UInt64) throws -> Int? {
    let digits = try take(count)
    guard digits.count <= 8 else { return nil }
    var value: UInt64 = (digits.last ?? 0) & 0x80 == 0 ? 0 : .max
    for digit in digits.reversed() { value = value << 8 | UInt64(digit) }
    return Int(Int64(bitPattern: value))
  }
}
