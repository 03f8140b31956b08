internal import Files
internal import Glibc
internal import Media

/// Reads a session's table row by row, in memory that does not grow with it.
///
/// Strict about what a row holds; a last line without its line break is one that a killed process could not finish, and
/// is passed over.
public struct SessionTable<Row: SessionRow> {
  /// For messages.
  public let path: String
  private let more: () throws -> [UInt8]
  private var buffer: [UInt8] = []
  private var start = 0
  private var isOver = false
  private var line = 0
  private var previous: Row?
  /// The longest row of ours has some 250 bytes.
  private static var lineLimit: Int { 4096 }

  /// - Parameters:
  ///   - path: for messages.
  ///   - more: the next bytes, however many; empty at the end.
  public init(path: String, more: @escaping () throws -> [UInt8]) { (self.path, self.more) = (path, more) }

  /// The next row; nil at the end.
  /// - Throws: `MediaError` naming the file and the line.
  public mutating func next() throws -> Row? {
    if line == 0 {
      guard let header = try nextLine() else { return nil }
      let wanted = Row.columns.joined(separator: "\t")
      guard header == wanted else {
        throw error("the columns are not \(Row.columns.joined(separator: ", "))")
      }
    }
    guard let text = try nextLine() else { return nil }
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == Row.columns.count else {
      throw error("\(fields.count) fields in \(Row.columns.count) columns")
    }
    let row: Row
    do { row = try Row(fields: fields) } catch let problem as SessionTableProblem { throw error(problem.text) }
    if let problem = row.problem(after: previous) { throw error(problem) }
    previous = row
    return row
  }

  /// A line without its break; nil where no whole line follows.
  private mutating func nextLine() throws -> String? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 10) {
        let found = buffer[start..<end]
        start = end + 1
        line += 1
        guard found.count <= Self.lineLimit else { throw error("a line of \(found.count) bytes") }
        guard let text = String(validating: found, as: UTF8.self) else { throw error("it is not text") }
        return text
      }
      guard !isOver else { return nil }
      guard buffer.count - start <= Self.lineLimit else {
        line += 1
        throw error("a line of more than \(Self.lineLimit) bytes")
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      let bytes = try more()
      isOver = bytes.isEmpty
      buffer += bytes
    }
  }

  private func error(_ what: String) -> MediaError {
    MediaError(
      library: "mien", operation: "read the session", message: "line \(line): \(what)", path: path, kind: .badData)
  }
}

extension SessionTable {
  /// The table in a session folder; one that is missing has no rows.
  init(folder: String) throws {
    let path = folder + "/" + Row.file
    let file = try ReadFile(path)
    self.init(path: path) { try file?.read() ?? [] }
  }
}

/// A file read from its start to its end; closes it.
final class ReadFile {
  private let path: String
  private let descriptor: Int32

  /// nil: there is none.
  init?(_ path: String) throws {
    // Not blocking, so that a pipe in a file's place cannot hold us up.
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if opened < 0 {
      if errno == ENOENT { return nil }
      throw MediaError.system("open", path: path)
    }
    var status = stat()
    guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      throw MediaError(
        library: "mien", operation: "read the session", message: "it is not a file", path: path, kind: .badData)
    }
    (self.path, descriptor) = (path, opened)
  }

  deinit { close(descriptor) }

  func read() throws -> [UInt8] {
    var failure: MediaError?
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      var got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      while got < 0, errno == EINTR { got = Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
      if got < 0 { failure = MediaError.system("read", path: path) }
      count = max(got, 0)
    }
    if let failure { throw failure }
    return bytes
  }
}
