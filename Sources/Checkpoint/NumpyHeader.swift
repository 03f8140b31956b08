internal import Files

/// The header of a NumPy file (`.npy`), read strictly: what is not a plain array of numbers is refused.
///
/// Layout: `\x93NUMPY`, two bytes of version, a little-endian length (16 bits in version 1, else 32), a Python dictionary
/// with exactly the keys descr, fortran_order and shape, then the values.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NumpyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// More than any array of numbers needs.
  static let byteLimit = 65_536
  static let dimensionLimit = 64

  /// As NumPy writes it, such as `<f4`.
  let type: String
  let isFortran: Bool
  let shape: [Int]
  /// Where the values begin, in bytes.
  let start: Int

  /// - Parameter bytes: of the whole file.
  init(parsing bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count >= 10, bytes[..<6].elementsEqual(Self.magic) else {
      throw FormatProblem("is not a NumPy file (.npy)")
    }
    let version = bytes[6]
    guard (1...3).contains(version), bytes[7] == 0 else {
      throw FormatProblem("is a NumPy file of version \(version).\(bytes[7]); known are 1.0, 2.0 and 3.0")
    }
    let first = version == 1 ? 10 : 12
    guard bytes.count >= first else { throw FormatProblem("ends within its NumPy header") }
    let length =
      version == 1
      ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
      : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    guard length <= Self.byteLimit else {
      throw FormatProblem("its NumPy header claims \(length) bytes; the limit is \(Self.byteLimit)")
    }
    guard length <= bytes.count - first else {
      throw FormatProblem(
        "its NumPy header claims \(length) bytes, but only \(bytes.count - first) follow",
        remedy: "the file is cut short: copy it again")
    }
    var scanner = PythonScanner(text: UnsafeRawBufferPointer(rebasing: bytes[first..<first + length]))
    (type, isFortran, shape) = try scanner.arrayDictionary(dimensionLimit: Self.dimensionLimit)
    start = first + length
  }
}

/// Reads the few words of Python that a NumPy header has.
private struct PythonScanner {
  let text: UnsafeRawBufferPointer
  private var place = 0

  init(text: UnsafeRawBufferPointer) { self.text = text }

  private static let problem = FormatProblem("its NumPy header is not that of an array of numbers")

  mutating func arrayDictionary(dimensionLimit: Int) throws -> (type: String, isFortran: Bool, shape: [Int]) {
    var (type, isFortran, shape): (String?, Bool?, [Int]?) = (nil, nil, nil)
    try need("{")
    while !take("}") {
      let key = try string()
      try need(":")
      switch key {
      case "descr" where type == nil: type = try string()
      case "fortran_order" where isFortran == nil: isFortran = try truth()
      case "shape" where shape == nil: shape = try tuple(limit: dimensionLimit)
      default: throw FormatProblem("its NumPy header has an unexpected '\(printable(key))'")
      }
      guard take(",") else {
        try need("}")
        break
      }
    }
    skipBlanks()
    guard place == text.count, let type, let isFortran, let shape else { throw Self.problem }
    return (type, isFortran, shape)
  }

  private mutating func skipBlanks() {
    while place < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[place]) { place += 1 }
  }

  private mutating func take(_ word: String) -> Bool {
    skipBlanks()
    let wanted = Array(word.utf8)
    guard text.count - place >= wanted.count, text[place..<place + wanted.count].elementsEqual(wanted) else {
      return false
    }
    place += wanted.count
    return true
  }

  private mutating func need(_ word: String) throws { if !take(word) { throw Self.problem } }

  private mutating func truth() throws -> Bool {
    if take("True") { return true }
    try need("False")
    return false
  }

  /// In single or double quotes, without escapes: no name of a type has one.
  private mutating func string() throws -> String {
    let quote: UInt8
    if take("'") {
      quote = UInt8(ascii: "'")
    } else {
      try need("\"")
      quote = UInt8(ascii: "\"")
    }
    let first = place
    while place < text.count, text[place] != quote {
      guard (0x20..<0x7f).contains(text[place]), text[place] != UInt8(ascii: "\\") else { throw Self.problem }
      place += 1
    }
    guard place < text.count else { throw Self.problem }
    defer { place += 1 }
    return String(decoding: text[first..<place], as: UTF8.self)
  }

  /// `()`, `(3,)`, `(3, 4)` or `(3, 4,)`.
  private mutating func tuple(limit: Int) throws -> [Int] {
    try need("(")
    var items: [Int] = []
    while !take(")") {
      guard items.count < limit else { throw FormatProblem("has more than \(limit) dimensions") }
      items.append(try number())
      guard take(",") else {
        try need(")")
        break
      }
    }
    return items
  }

  private mutating func number() throws -> Int {
    skipBlanks()
    let first = place
    var value = 0
    while place < text.count, (0x30...0x39).contains(text[place]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(text[place] - 0x30))
      guard !overflow, !carry else { throw FormatProblem("its shape is too large") }
      value = sum
      place += 1
    }
    guard place > first else { throw Self.problem }
    return value
  }
}
