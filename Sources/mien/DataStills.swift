import ArgumentParser
import Clips
import Glibc
import Lists
import Logging
import Media

/// `mien data stills`: faces that stand side by side in sheets, with a table, made into clips for training.
struct DataStills: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stills", abstract: "Cut sheets of small pictures of faces into clips of a face that does not move.",
    discussion: """
      EXAMPLES:
        mien data stills faces.tsv --sheets faces --cell 48 -o stills --votes neutral,happiness,anger --lists split
        mien data stills posed.tsv --cell 48 -o posed --label emotion --eyes 14.9,16.8,33.1,16.8

      The table has a header and tabs between fields: sheet (a picture file), row and column of each face, and, where \
      they are known, the points of the face in pixels of its cell: right_eye_x, right_eye_y, left_eye_x, … right_mouth_x, \
      … left_mouth_y (right is the person's). Eyes come to lie where a model expects them. A face without points is \
      left out, or cut as --eyes says. Faces that are there already are not cut again.
      """)

  @Argument(help: "The table.", completion: .file()) var table: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "dir"), completion: .directory)
  var output: String
  @Option(help: ArgumentHelp("Where the sheets are. (default: beside the table)", valueName: "dir"))
  var sheets: String?
  @Option(help: ArgumentHelp("Side of a cell in pixels.", valueName: "px")) var cell: Int
  @Option(help: ArgumentHelp("The column that names the class.", valueName: "column")) var label: String?
  @Option(
    help: ArgumentHelp("Columns that count votes, one a class, named as it; separated by commas.", valueName: "columns")
  )
  var votes: String?
  @Option(
    help: ArgumentHelp("Columns that become attributes; separated by commas, or FIRST..LAST.", valueName: "columns"))
  var attributes: String?
  @Option(
    help: ArgumentHelp("Only rows whose column has this value; may be repeated.", valueName: "column=value"))
  var `where`: [String] = []
  @Option(
    help: ArgumentHelp("Column whose values become lists: VALUE.csv instead of list.csv.", valueName: "column"))
  var lists: String?
  @Option(
    help: ArgumentHelp(
      "Where the eyes are in a cell without points, in pixels: of the one on the left of the picture, then of the other.",
      valueName: "x,y,x,y"))
  var eyes: String?
  @OptionGroup var cutting: CuttingOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if !(4...4096).contains(cell) { throw ValidationError("--cell must be from 4 to 4096, not \(cell).") }
    if label != nil && votes != nil { throw ValidationError("--label and --votes exclude each other.") }
    for condition in `where` where !condition.contains("=") {
      throw ValidationError("--where is COLUMN=VALUE, not “\(condition)”.")
    }
    if eyes != nil, points == nil {
      throw ValidationError("--eyes is x,y,x,y, with the eye on the left of the picture first, not “\(eyes!)”.")
    }
  }

  /// Where the eyes are in cells whose points the table does not have.
  private var points: StillCutter.Points? {
    guard let values = eyes?.split(separator: ",").map({ Double($0) }), values.count == 4 else { return nil }
    let found = values.compactMap { $0 }
    guard found.count == 4, found.allSatisfy({ $0.isFinite && abs($0) < 10_000 }), found[0] < found[2] else {
      return nil
    }
    return StillCutter.Points(leftEye: (found[0], found[1]), rightEye: (found[2], found[3]), mouth: nil)
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let table = try ColumnTable(path: table, bytes: try readFile(table, limit: 1 << 30))
    let said = try StillLabels(table, label: label, votes: votes, attributes: attributes)
    let rows = try chosen(table)
    let place = try lists.map { try table.place(of: $0) }
    let sheets = try StillSheets(table, side: cell, folder: sheets, assumed: points)
    // Once, and not for every face in it.
    for path in Set(rows.map(sheets.sheet)).sorted() where access(path, F_OK) != 0 {
      throw Failure(.noInput, "\(path): no such file; --sheets says where the sheets of \(self.table) are")
    }
    try needFolders(above: output)
    let framing = try cutting.framing()
    let extraction = try StillExtraction(sheets, folder: output, framing: framing)
    var progress = ListProgress(verbosity, of: rows.count)
    defer { progress.clear() }
    let stem = self.table.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "still"
    let work = OrderedWork("stills", items: 0..<rows.count, threads: cutting.threadCount, ahead: 256) {
      let cutter = StillCutter(framing: framing)
      return { item, _ in extraction.extract(row: rows[item], name: Self.name(stem, rows[item]), by: cutter) }
    }
    defer { work.cancel() }
    var lines: [String: String] = [:]
    var (made, broken, withoutPoints, unlabelled) = (0, 0, 0, 0)
    let asksForLabels = label != nil || votes != nil || attributes != nil
    for (done, row) in rows.enumerated() {
      guard let outcome = work.next() else { break }
      switch outcome {
      case .made(let path):
        made += 1
        let fields = try said.fields(row: row)
        if asksForLabels, fields.isEmpty {
          unlabelled += 1
        } else {
          lines[place.map { String(table.rows[row][$0]) } ?? "list", default: ""] += "\(path) - \(fields)\n"
        }
      case .withoutPoints: withoutPoints += 1
      case .broken(let reason):
        broken += 1
        progress.clear()
        log.error("\(Failure(.badData, "\(self.table): row \(row + 1): \(reason)").line!)")
      case .cannotWrite(let error): throw error
      }
      if let status = Interruption.status {
        throw Failure(status, "stopped after \(done) of \(rows.count) stills; the same command goes on from there")
      }
      progress.show(done + 1)
    }
    progress.clear()
    for (name, text) in lines.sorted(by: { $0.key < $1.key }) {
      let file = try Output(file: "\(output)/\(name).csv")
      try file.write(text)
      try file.finish()
    }
    let silent = unlabelled > 0 ? ", \(unlabelled) in no list because the table says nothing of them" : ""
    log.notice(
      "\(output): \(made) stills, \(withoutPoints) left out because nobody says where the face is\(silent)")
    if broken > 0 {
      throw Failure(.badData, "\(self.table): \(broken) of \(rows.count) stills cannot be used and were left out")
    }
  }

  private func chosen(_ table: ColumnTable) throws -> [Int] {
    let conditions = try `where`.map { condition in
      let parts = condition.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (place: try table.place(of: String(parts[0])), value: parts[1])
    }
    let rows = table.rows.indices.filter { row in conditions.allSatisfy { table.rows[row][$0.place] == $0.value } }
    guard !rows.isEmpty else {
      throw Failure(.badData, "\(table.path): no row has \(`where`.joined(separator: " and "))")
    }
    if let lists {
      let place = try table.place(of: lists)
      for row in rows where !table.rows[row][place].allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) {
        throw Failure(
          .badData, "\(table.path): row \(row + 1): \(lists) “\(table.rows[row][place])” cannot name a list")
      }
    }
    return rows
  }

  private static func name(_ stem: String, _ row: Int) -> String {
    let digits = String(row)
    return "\(stem)-\(String(repeating: "0", count: max(6 - digits.count, 0)))\(digits)"
  }
}
