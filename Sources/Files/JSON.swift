/// A JSON value whose objects keep the order of their keys, and its text on one line.
///
/// Only a writer: label maps must come out in the model's order, which Foundation's encoder does not keep. Numbers print
/// as the shortest text that reads back to the same bits, so two runs can be compared as text.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  /// Kept apart from `double` so that a value computed in float32 prints with float32's digits.
  case float(Float)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One key of an object.
  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSON

    public init(_ key: String, _ value: JSON) { (self.key, self.value) = (key, value) }
  }

  /// The value, or null.
  public static func optional(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }
  /// The value, or null.
  public static func optional(_ value: Double?) -> JSON { value.map(JSON.double) ?? .null }
  /// The value, or null.
  public static func optional(_ value: Float?) -> JSON { value.map(JSON.float) ?? .null }
  /// The value, or null.
  public static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }

  /// The text, without a line break anywhere. What JSON has no word for (NaN, infinity) prints as null, never as a number.
  public var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += "\(value)"
    case .double(let value): out += value.isFinite ? Self.whole("\(value)") : "null"
    case .float(let value): out += value.isFinite ? Self.whole("\(value)") : "null"
    case .string(let value): Self.quote(value, to: &out)
    case .array(let values):
      out += "["
      for (i, value) in values.enumerated() {
        if i > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (i, member) in members.enumerated() {
        if i > 0 { out += "," }
        Self.quote(member.key, to: &out)
        out += ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  /// Negative zero is a zero: a sign there says nothing to a reader.
  private static func whole(_ text: String) -> String { text == "-0.0" ? "0.0" : text }

  /// Escapes what JSON requires, and the two line separators and DEL that terminals and JavaScript stumble over.
  private static func quote(_ value: String, to out: inout String) {
    out += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0x2028 || scalar.value == 0x2029:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}

extension JSON {
  /// The text for people: a member a line, arrays on one line.
  package var indented: String { indented(by: "") }

  private func indented(by margin: String) -> String {
    guard case .object(let members) = self, !members.isEmpty else { return text }
    let inner = margin + "  "
    let lines = members.map { "\(inner)\(JSON.string($0.key).text) : \($0.value.indented(by: inner))" }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
