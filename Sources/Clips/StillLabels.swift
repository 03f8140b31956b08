public import Lists

/// What a table's row says of its still, as the fields of a list's line.
public struct StillLabels: Sendable {
  private let table: ColumnTable
  private let label: Int?
  private let votes, attributes: [(name: String, place: Int)]

  /// - Parameters:
  ///   - table: the stills'.
  ///   - label: the column that names the class; nil: there is none.
  ///   - votes: columns that count votes, separated by commas; nil: there are none.
  ///   - attributes: columns that become attributes, separated by commas, or FIRST..LAST; nil: there are none.
  /// - Throws: `AnnotationError` naming a column that is missing.
  public init(_ table: ColumnTable, label: String?, votes: String?, attributes: String?) throws {
    func columns(_ text: String?) throws -> [(name: String, place: Int)] {
      try (text?.split(separator: ",") ?? []).flatMap { part in
        guard let dots = part.firstRange(of: "..") else {
          return [(String(part), try table.place(of: String(part)))]
        }
        let first = try table.place(of: String(part[..<dots.lowerBound]))
        let last = try table.place(of: String(part[dots.upperBound...]))
        guard first <= last else {
          throw AnnotationError(path: table.path, line: 1, "the columns \(part) stand in the other order")
        }
        return (first...last).map { (table.columns[$0], $0) }
      }
    }
    self.table = table
    self.label = try label.map { try table.place(of: $0) }
    self.votes = try columns(votes)
    self.attributes = try columns(attributes)
  }

  /// Fields with a blank between them; without votes, and without attributes, where the row has none. Empty: the row says
  /// nothing.
  /// - Throws: `AnnotationError`: a field that is no number.
  public func fields(row: Int) throws -> String {
    var fields: [String] = []
    if let label { fields.append(String(table.rows[row][label])) }
    if !votes.isEmpty {
      let counted = try votes.map { (name: $0.name, count: try table.number(row: row, $0.place)) }
      let given = counted.filter { $0.count != 0 }.map { "\($0.name):\(text($0.count))" }
      if !given.isEmpty { fields.append(given.joined(separator: ",")) }
    }
    for (name, place) in attributes where !table.rows[row][place].isEmpty {
      fields.append("\(name)=\(text(try table.number(row: row, place)))")
    }
    return fields.joined(separator: " ")
  }

  private func text(_ value: Double) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }
}
