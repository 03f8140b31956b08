/// Reads the JSON that a safetensors header may contain: objects, strings, lists of whole numbers; nothing else.
struct HeaderScanner {
  let text: UnsafeRawBufferPointer
  private var position = 0

  init(text: UnsafeRawBufferPointer) { self.text = text }

  /// `{"key": …, …}`: `member` reads each value.
  mutating func object(_ member: (inout HeaderScanner, String) throws -> Void) throws {
    try expect("{")
    if accept("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while accept(",")
    try expect("}")
  }

  /// `[1, 2, …]`: whole numbers from 0.
  mutating func integers(limit: Int) throws -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if accept("]") { return numbers }
    repeat {
      guard numbers.count < limit else { throw problem("more than \(limit) numbers in a list") }
      numbers.append(try integer())
    } while accept(",")
    try expect("]")
    return numbers
  }

  mutating func string() throws -> String {
    try expect("\"")
    var units: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: units, as: UTF8.self) else { throw problem("a string is not UTF-8") }
        return string
      case UInt8(ascii: "\\"): units.append(contentsOf: try escape())
      case 0..<0x20: throw problem("a control character in a string")
      default: units.append(byte)
      }
    }
    throw problem("a string does not end")
  }

  /// Nothing but white space may follow.
  mutating func end() throws {
    skipSpace()
    guard position == text.count else { throw problem("something follows the object") }
  }

  private mutating func integer() throws -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < text.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = text[position] {
      let (ten, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = ten.addingReportingOverflow(Int(text[position] - UInt8(ascii: "0")))
      if overflow || carry { throw problem("a number is too large") }
      value = sum
      position += 1
    }
    guard position > start else {
      throw problem(accept("-") ? "a number is negative" : "a whole number was expected")
    }
    if position - start > 1, text[start] == UInt8(ascii: "0") { throw problem("a number starts with 0") }
    return value
  }

  /// After a backslash: the UTF-8 of what is meant.
  private mutating func escape() throws -> [UInt8] {
    guard position < text.count else { throw problem("a string does not end") }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "u"):
      var units = [try hexUnit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
        else { throw problem("half of a surrogate pair") }
        position += 2
        units.append(try hexUnit())
      }
      guard let string = String(validating: units, as: UTF16.self) else { throw problem("half of a surrogate pair") }
      return Array(string.utf8)
    default: throw problem("an unknown escape in a string")
    }
  }

  private mutating func hexUnit() throws -> UInt16 {
    guard position + 4 <= text.count else { throw problem("a string does not end") }
    var value: UInt16 = 0
    for _ in 0..<4 {
      let byte = text[position]
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw problem("an unknown escape") }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[position]) { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard accept(character) else { throw problem("'\(character)' was expected") }
  }

  private func problem(_ what: String) -> FormatProblem {
    FormatProblem("the safetensors header is not valid at byte \(position): \(what)")
  }
}
