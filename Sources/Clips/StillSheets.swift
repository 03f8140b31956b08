public import Lists
public import Media
public import Signal

/// Faces that stand in sheets, and the table that says where: `sheet`, `row` and `column` of each, the points of its face
/// (`right_eye_x` … `left_mouth_y`, in pixels of the cell; right is the person's), and whatever is known of it.
public struct StillSheets: Sendable {
  public let table: ColumnTable
  /// Side of a cell in pixels.
  public let side: Int
  /// Where the face is in a cell whose points the table does not have; nil: such a face is left out.
  public let assumed: StillCutter.Points?
  /// Where the sheets are; nil: beside the table.
  private let folder: String?
  private let sheet, row, column: Int
  /// x and y of each point: right eye, left eye, right and left corner of the mouth; nil: the table has none.
  private let points: [(x: Int, y: Int)]?

  /// - Throws: `AnnotationError` naming the column that is missing.
  public init(_ table: ColumnTable, side: Int, folder: String? = nil, assumed: StillCutter.Points? = nil) throws {
    (self.table, self.side, self.folder, self.assumed) = (table, side, folder, assumed)
    sheet = try table.place(of: "sheet")
    row = try table.place(of: "row")
    column = try table.place(of: "column")
    let names = ["right_eye", "left_eye", "right_mouth", "left_mouth"]
    points =
      table.has("right_eye_x")
      ? try names.map { (try table.place(of: $0 + "_x"), try table.place(of: $0 + "_y")) } : nil
  }

  /// Where the face of a row is; nil: that is not known, and nothing is assumed.
  /// - Throws: `AnnotationError`: a point that is no number.
  private func points(row index: Int) throws -> StillCutter.Points? {
    if let points, !table.rows[index][points[0].x].isEmpty {
      let found = try points.map { (x: try table.number(row: index, $0.x), y: try table.number(row: index, $0.y)) }
      let mouth = (x: (found[2].x + found[3].x) / 2, y: (found[2].y + found[3].y) / 2)
      return StillCutter.Points(leftEye: found[0], rightEye: found[1], mouth: mouth)
    }
    return assumed
  }

  /// The file that a row's face is in.
  public func sheet(ofRow index: Int) -> String {
    let name = table.rows[index][sheet]
    return folder.map { name.hasPrefix("/") ? String(name) : "\($0)/\(name)" } ?? table.resolve(name)
  }

  /// The face of a row; nil: nobody says where it is.
  ///
  /// - Parameters:
  ///   - index: of the row, from 0.
  ///   - cutter: one a thread.
  /// - Throws: `AnnotationError` for a row that makes no sense, `MediaError` for a sheet that does not fit.
  public func face(row index: Int, by cutter: StillCutter) throws -> FaceCrop? {
    guard let points = try points(row: index) else { return nil }
    let (row, column) = (try table.number(row: index, row), try table.number(row: index, column))
    guard let row = Int(exactly: row), let column = Int(exactly: column) else {
      throw AnnotationError(path: table.path, line: nil, "row \(index + 1): row and column are whole numbers")
    }
    return try cutter.face(sheet: sheet(ofRow: index), row: row, column: column, side: side, points: points)
  }
}
