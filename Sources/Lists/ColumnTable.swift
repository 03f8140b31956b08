internal import Files

/// Text with a header: columns by name, fields with a tab between them.
public struct ColumnTable: Sendable {
  /// For messages, and for paths relative to it.
  public let path: String
  public let columns: [String]
  /// As many fields a row as there are columns.
  public let rows: [[Substring]]
  private let places: [String: Int]

  /// - Throws: `AnnotationError` naming the file and the line.
  public init(path: String, bytes: [UInt8]) throws {
    self.path = path
    guard let text = String(validating: withoutByteOrderMark(bytes), as: UTF8.self), !text.contains("\0") else {
      throw AnnotationError(path: path, line: nil, "not UTF-8 text")
    }
    var rows: [[Substring]] = []
    // A carriage return and a line feed are one character.
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      guard !line.isEmpty else { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      if let header = rows.first, header.count != fields.count {
        throw AnnotationError(
          path: path, line: index + 1, "\(fields.count) fields where the header has \(header.count) columns")
      }
      rows.append(fields)
    }
    guard let header = rows.first, rows.count > 1 else {
      throw AnnotationError(path: path, line: nil, "a header and a row are needed, with tabs between fields")
    }
    columns = header.map(String.init)
    self.rows = Array(rows.dropFirst())
    places = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    guard places.count == columns.count else {
      throw AnnotationError(path: path, line: 1, "two columns have the same name")
    }
  }

  /// The place of a column.
  /// - Throws: `AnnotationError` naming the columns that there are.
  public func place(of column: String) throws -> Int {
    guard let place = places[column] else {
      let names = columns.prefix(20).joined(separator: ", ") + (columns.count > 20 ? ", …" : "")
      throw AnnotationError(path: path, line: 1, "there is no column “\(column)”; there are \(names)")
    }
    return place
  }

  /// Whether there is such a column.
  public func has(_ column: String) -> Bool { places[column] != nil }

  /// A field as a finite number.
  /// - Throws: `AnnotationError` naming row and column.
  public func number(row: Int, _ place: Int) throws -> Double {
    guard let value = Double(rows[row][place]), value.isFinite else {
      throw AnnotationError(
        path: path, line: nil, "row \(row + 1): \(columns[place]) is “\(rows[row][place])”, not a number")
    }
    return value
  }

  /// `path` as a field has it, made relative to the table's folder.
  public func resolve(_ path: Substring) -> String {
    guard !path.hasPrefix("/"), let slash = self.path.lastIndex(of: "/") else { return String(path) }
    return String(self.path[...slash]) + path
  }
}
