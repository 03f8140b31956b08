/// Checks values against the subset of JSON Schema 2020-12 that our schemas use; a keyword that it does not know is an
/// error, so that a schema can never look stricter than its test.
package struct SchemaValidator {
  private let root: JSONValue

  package init(schema: String) throws { root = try JSONValue(parsing: schema) }

  /// What is wrong, with its place; empty if the value is valid.
  package func problems(_ value: JSONValue) -> [String] { check(value, root, at: "$") }

  private static let annotations: Set<String> = ["$schema", "$id", "$defs", "title", "description"]

  private func check(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
    var found: [String] = []
    for keyword in schema.keys where !Self.annotations.contains(keyword) {
      guard let rule = schema[keyword] else { continue }
      found += apply(keyword, rule, value, schema, place)
    }
    return found
  }

  private func apply(
    _ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: JSONValue, _ place: String
  ) -> [String] {
    func unless(_ holds: Bool, _ text: String) -> [String] { holds ? [] : ["\(place): \(text)"] }
    switch keyword {
    case "$ref":
      let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
      guard let target = root["$defs"]?[name] else { return ["the schema has no \(rule)"] }
      return check(value, target, at: place)
    case "oneOf", "anyOf":
      let results = (rule.elements ?? []).map { check(value, $0, at: place) }
      let matched = results.filter(\.isEmpty).count
      if keyword == "oneOf" ? matched == 1 : matched >= 1 { return [] }
      // The nearest miss says most.
      return ["\(place): \(matched) of \(keyword) match"] + (results.min { $0.count < $1.count } ?? [])
    case "type":
      let names = rule.string.map { [$0] } ?? (rule.elements ?? []).compactMap(\.string)
      return unless(names.contains { Self.isOf($0, value) }, "not of type \(names)")
    case "const": return unless(Self.same(rule, value), "not the constant")
    case "enum": return unless((rule.elements ?? []).contains { Self.same($0, value) }, "\(value) is not in the list")
    case "minimum": return unless(value.double.map { $0 >= rule.double ?? 0 } ?? true, "below the minimum")
    case "maximum": return unless(value.double.map { $0 <= rule.double ?? 0 } ?? true, "above the maximum")
    case "exclusiveMinimum": return unless(value.double.map { $0 > rule.double ?? 0 } ?? true, "not above the minimum")
    case "minItems": return unless(value.elements.map { $0.count >= rule.int ?? 0 } ?? true, "too few elements")
    case "maxItems": return unless(value.elements.map { $0.count <= rule.int ?? 0 } ?? true, "too many elements")
    case "pattern":
      guard let text = value.string else { return [] }
      guard let expression = try? Regex(rule.string ?? "(") else { return ["the schema's pattern is broken"] }
      return unless(text.firstMatch(of: expression) != nil, "“\(text)” does not match \(rule.string ?? "")")
    case "items":
      return (value.elements ?? []).enumerated().flatMap { check($1, rule, at: "\(place)[\($0)]") }
    case "required":
      guard case .object = value else { return [] }
      return (rule.elements ?? []).compactMap(\.string).filter { value[$0] == nil }.map { "\(place): no \($0)" }
    case "properties":
      return rule.keys.flatMap { key -> [String] in
        guard let held = value[key], let inner = rule[key] else { return [] }
        return check(held, inner, at: "\(place).\(key)")
      }
    case "additionalProperties":
      let named = Set(schema["properties"]?.keys ?? [])
      return value.keys.filter { !named.contains($0) }.flatMap { key -> [String] in
        if rule.bool == false { return ["\(place): \(key) is not in the schema"] }
        return value[key].map { check($0, rule, at: "\(place).\(key)") } ?? []
      }
    default: return ["the validator does not know \(keyword)"]
    }
  }

  private static func same(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let x = a.double, let y = b.double { return x == y }
    return a == b
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
      ("object", .object):
      true
    case ("integer", .number(let number, _)): number == number.rounded()
    default: false
    }
  }
}
