/// A strict reader of JSON text (RFC 8259) for tests: independent of the writer that it checks, keeps the order of keys,
/// and refuses what common readers let pass (NaN, trailing commas, doubled keys, text after the value).
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The digits as written, so that a test can compare text with text.
  case number(Double, text: String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue], order: [String])

  package struct Problem: Error, CustomStringConvertible {
    package let description: String
  }

  package init(parsing text: String) throws {
    var reader = Reader(bytes: Array(text.utf8))
    self = try reader.value()
    reader.skipBlanks()
    guard reader.next == nil else { throw reader.problem("text after the value") }
  }

  package subscript(key: String) -> JSONValue? {
    if case .object(let members, _) = self { members[key] } else { nil }
  }
  package var keys: [String] { if case .object(_, let order) = self { order } else { [] } }
  package var double: Double? { if case .number(let value, _) = self { value } else { nil } }
  package var int: Int? { double.flatMap(Int.init(exactly:)) }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  package var isNull: Bool { self == .null }

  /// The same value without the members of these names, at any depth.
  package func without(_ names: Set<String>) -> JSONValue {
    switch self {
    case .object(let members, let order):
      let kept = order.filter { !names.contains($0) }
      let values = members.filter { !names.contains($0.key) }.mapValues { $0.without(names) }
      return .object(values, order: kept)
    case .array(let values): return .array(values.map { $0.without(names) })
    default: return self
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var at = 0

    var next: UInt8? { at < bytes.count ? bytes[at] : nil }
    func problem(_ text: String) -> Problem { Problem(description: "byte \(at): \(text)") }

    mutating func skipBlanks() {
      while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { at += 1 }
    }

    mutating func take(_ literal: String) -> Bool {
      guard bytes[at...].starts(with: literal.utf8) else { return false }
      at += literal.utf8.count
      return true
    }

    mutating func value() throws -> JSONValue {
      skipBlanks()
      switch next {
      case UInt8(ascii: "{"): return try object()
      case UInt8(ascii: "["): return try array()
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "t") where take("true"): return .bool(true)
      case UInt8(ascii: "f") where take("false"): return .bool(false)
      case UInt8(ascii: "n") where take("null"): return .null
      default: return try number()
      }
    }

    mutating func object() throws -> JSONValue {
      at += 1
      var members: [String: JSONValue] = [:]
      var order: [String] = []
      skipBlanks()
      if take("}") { return .object([:], order: []) }
      while true {
        skipBlanks()
        guard next == UInt8(ascii: "\"") else { throw problem("a key was expected") }
        let key = try string()
        skipBlanks()
        guard take(":") else { throw problem("a colon was expected") }
        guard members.updateValue(try value(), forKey: key) == nil else { throw problem("the key \(key) twice") }
        order.append(key)
        skipBlanks()
        if take("}") { return .object(members, order: order) }
        guard take(",") else { throw problem("a comma was expected") }
      }
    }

    mutating func array() throws -> JSONValue {
      at += 1
      var values: [JSONValue] = []
      skipBlanks()
      if take("]") { return .array([]) }
      while true {
        values.append(try value())
        skipBlanks()
        if take("]") { return .array(values) }
        guard take(",") else { throw problem("a comma was expected") }
      }
    }

    mutating func string() throws -> String {
      at += 1
      var out: [UInt8] = []
      while let byte = next {
        at += 1
        switch byte {
        case UInt8(ascii: "\""):
          guard let text = String(validating: out, as: UTF8.self) else { throw problem("not UTF-8") }
          return text
        case 0..<0x20: throw problem("a control character in a string")
        case UInt8(ascii: "\\"):
          let plain: [UInt8: UInt8] = [
            0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0c,
          ]
          guard let escape = next else { throw problem("the text ends in an escape") }
          at += 1
          if let meant = plain[escape] {
            out.append(meant)
          } else {
            // Surrogate pairs are not needed here: the writer escapes nothing beyond the first plane.
            guard escape == UInt8(ascii: "u"), at + 4 <= bytes.count,
              let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16),
              let scalar = Unicode.Scalar(code)
            else { throw problem("an unknown escape") }
            at += 4
            out += Array(String(Character(scalar)).utf8)
          }
        default: out.append(byte)
        }
      }
      throw problem("the text ends in a string")
    }

    mutating func digits() throws {
      let before = at
      while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
      guard at > before else { throw problem("a digit was expected") }
    }

    mutating func number() throws -> JSONValue {
      let start = at
      _ = take("-")
      if !take("0") { try digits() }
      if take(".") { try digits() }
      if take("e") || take("E") {
        if !take("+") { _ = take("-") }
        try digits()
      }
      let text = String(decoding: bytes[start..<at], as: UTF8.self)
      guard let value = Double(text), value.isFinite else { throw problem("\(text) is not a number") }
      return .number(value, text: text)
    }
  }
}
