import Lists
import Testing

@Suite struct ColumnTableTests {
  private func table(_ text: String) throws -> ColumnTable { try ColumnTable(path: "a/t.tsv", bytes: Array(text.utf8)) }

  @Test func columnsAreFoundByName() throws {
    let table = try table("\u{feff}file\tn\r\nx y\t2.5\r\n\r\nz\t-1")
    #expect(table.columns == ["file", "n"] && table.rows == [["x y", "2.5"], ["z", "-1"]])
    #expect(try table.place(of: "n") == 1 && table.has("file") && !table.has("m"))
    #expect(try table.number(row: 1, 1) == -1)
    #expect(table.resolve("s.png") == "a/s.png" && table.resolve("/s.png") == "/s.png")
  }

  @Test(arguments: [
    ("", "a header and a row"), ("a\tb\n", "a header and a row"), ("a\tb\nx\n", "1 fields where the header has 2"),
    ("a\tb\n1\t2\t3\n", "t.tsv:2: 3 fields"), ("a\ta\n1\t2\n", "two columns have the same name"),
    ("a\0\nb\n", "not UTF-8 text"),
  ])
  func whatIsNoTableIsRefused(text: String, says: String) {
    let error = #expect(throws: AnnotationError.self) { try table(text) }
    #expect(error.map { "\($0)".contains(says) } == true, "\(error.map { "\($0)" } ?? "-")")
  }

  @Test func whatIsMissingIsNamed() throws {
    let table = try table("a\tb\nx\tinf\n")
    let column = #expect(throws: AnnotationError.self) { try table.place(of: "c") }
    #expect(column.map { "\($0)".contains("no column “c”; there are a, b") } == true)
    for place in 0...1 {
      let number = #expect(throws: AnnotationError.self) { try table.number(row: 0, place) }
      #expect(number.map { "\($0)".contains("row 1: \(table.columns[place])") } == true)
    }
  }
}
