package import Files
public import Tensor

/// A safetensors file, mapped: float32 values are used where they lie, others converted.
///
/// Layout: a little-endian 64-bit length, that many bytes of JSON, then the values.
/// https://huggingface.co/docs/safetensors. Everything the header says is proven before any tensor is handed out.
public struct SafetensorsFile: TensorStore {
  public let path: String
  /// The floating-point tensors, in the header's order.
  public let names: [String]
  /// Tensors of whole numbers, such as counters. Their values can be asked for by name.
  public let skippedNames: [String]
  /// `__metadata__`.
  public let metadata: [String: String]

  private let file: FileBytes
  private let dataStart: Int
  private let entries: [String: SafetensorsHeader.Entry]

  /// Maps and validates `path`.
  /// - Throws: `FileError`.
  public init(_ path: String) throws { try self.init(FileBytes(mapping: path)) }

  /// Reads a safetensors file that is in memory; the bytes are copied, and `name` stands for the path in errors.
  public init(bytes: UnsafeRawBufferPointer, name: String) throws {
    try self.init(FileBytes(copying: bytes, path: name))
  }

  package init(_ file: FileBytes) throws {
    do {
      let bytes = file.bytes
      guard bytes.count >= 8 else {
        throw FormatProblem("has \(bytes.count) bytes, too few for a safetensors file", remedy: "copy it again")
      }
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      guard length <= UInt64(SafetensorsHeader.byteLimit) else {
        throw FormatProblem(
          "the safetensors header claims \(length) bytes; the limit is \(SafetensorsHeader.byteLimit)")
      }
      guard Int(length) <= bytes.count - 8 else {
        throw FormatProblem(
          "the safetensors header claims \(length) bytes, but only \(bytes.count - 8) follow",
          remedy: "the file is cut short: copy or download it again")
      }
      let text = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
      let header = try SafetensorsHeader(parsing: text)
      dataStart = 8 + Int(length)
      try header.validate(dataCount: bytes.count - dataStart)
      names = header.entries.filter(\.type.isFloatingPoint).map(\.name)
      skippedNames = header.entries.filter { !$0.type.isFloatingPoint }.map(\.name)
      metadata = header.metadata
      // Unique: the header refuses names given twice.
      entries = Dictionary(header.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    } catch let problem as FormatProblem {
      throw problem.at(file.path)
    }
    (path, self.file) = (file.path, file)
  }

  /// The tensor's shape, outermost dimension first; nil where there is no such tensor.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// The tensor's values as float32.
  ///
  /// - Throws: `FileError` where there is no such tensor or it cannot be read.
  public func values(of name: String) throws -> FloatBuffer {
    guard let entry = entries[name] else {
      throw FileError(path: path, problem: "has no tensor '\(printable(name))'")
    }
    let count = (entry.end - entry.begin) / entry.type.size
    guard count > 0, let base = file.bytes.baseAddress else { return FloatBuffer(count: 0) }
    let source = base + dataStart + entry.begin
    if entry.type == .float32, Int(bitPattern: source) % MemoryLayout<Float>.alignment == 0 {
      return FloatBuffer(
        borrowing: source.assumingMemoryBound(to: Float.self), count: count, owner: file, isMapped: true)
    }
    let buffer = FloatBuffer(count: count)
    entry.type.convert(source, count: count, to: buffer.base)
    return buffer
  }
}
