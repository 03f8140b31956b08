internal import Files

/// The JSON header of a safetensors file, read strictly; it says where each tensor lies, and holds no values itself.
///
/// Our own scanner because a general JSON parser lets pass what matters here: names given twice, unknown keys,
/// fractions and signs in sizes. It is flat: nesting is what the format has, so hostile depth cannot arise.
struct SafetensorsHeader {
  /// The reference implementation's limit.
  static let byteLimit = 100_000_000
  static let dimensionLimit = 64

  struct Entry {
    var name: String
    var type: ElementType
    var shape: [Int]
    /// Where the values lie, in bytes from the end of the header.
    var begin, end: Int
  }

  /// In the header's order.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// - Parameter text: the header without its length; spaces may follow the object, as writers pad with them.
  init(parsing text: UnsafeRawBufferPointer) throws {
    var scanner = HeaderScanner(text: text)
    var names: Set<String> = []
    try scanner.object { scanner, key in
      guard names.insert(key).inserted else { throw FormatProblem("names the tensor '\(printable(key))' twice") }
      if key == "__metadata__" {
        try scanner.object { scanner, key in
          guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
            throw FormatProblem("names the metadata key '\(printable(key))' twice")
          }
        }
      } else {
        entries.append(try Self.entry(named: key, &scanner))
      }
    }
    try scanner.end()
  }

  private static func entry(named name: String, _ scanner: inout HeaderScanner) throws -> Entry {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { scanner, key in
      switch key {
      case "dtype" where dtype == nil: dtype = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.integers(limit: dimensionLimit)
      case "data_offsets" where offsets == nil: offsets = try scanner.integers(limit: 2)
      default:
        throw FormatProblem("the header's entry for '\(printable(name))' has an unexpected '\(printable(key))'")
      }
    }
    guard let dtype, let shape, let offsets, offsets.count == 2 else {
      throw FormatProblem("the header's entry for '\(printable(name))' lacks dtype, shape or two data_offsets")
    }
    guard let type = ElementType(rawValue: dtype) else {
      throw FormatProblem(
        "tensor '\(printable(name))' has the unknown dtype '\(printable(dtype))'",
        remedy: "known are \(ElementType.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  /// Proves that the tensors tile the `count` bytes after the header exactly: nothing overlaps, nothing is left out.
  func validate(dataCount count: Int) throws {
    for entry in entries {
      let name = printable(entry.name)
      guard entry.begin <= entry.end else {
        throw FormatProblem("tensor '\(name)' ends (\(entry.end)) before it begins (\(entry.begin))")
      }
      guard let values = elementCount(entry.shape) else {
        throw FormatProblem("the shape \(entry.shape) of tensor '\(name)' is too large")
      }
      let (bytes, overflow) = values.multipliedReportingOverflow(by: entry.type.size)
      guard !overflow, bytes == entry.end - entry.begin else {
        throw FormatProblem(
          "tensor '\(name)' of shape \(entry.shape) and dtype \(entry.type.rawValue) "
            + "does not fit its \(entry.end - entry.begin) bytes")
      }
      guard entry.end <= count else {
        throw FormatProblem(
          "tensor '\(name)' ends at byte \(entry.end) of the data, but only \(count) are there",
          remedy: "the file is cut short or its header is wrong: copy or download it again")
      }
    }
    let ordered = entries.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var end = 0
    var last = "the header"
    for entry in ordered {
      let name = "'\(printable(entry.name))'"
      guard entry.begin >= end else { throw FormatProblem("tensors \(last) and \(name) overlap") }
      guard entry.begin == end else {
        throw FormatProblem("\(entry.begin - end) bytes between \(last) and \(name) belong to no tensor")
      }
      (end, last) = (entry.end, name)
    }
    guard end == count else { throw FormatProblem("\(count - end) bytes after the last tensor belong to no tensor") }
  }
}
