internal import Files
internal import Glibc
internal import Media

/// The names in a session folder, and how one is made.
public enum SessionFolder {
  public static let manifest = "manifest.json"
  public static let events = "emotions.jsonl"
  /// The files of every session but its movies and its manifest.
  public static let tables = [SessionFrameRow.file, SessionChunkRow.file, SessionFaceRow.file, events]

  /// The k-th movie: session.mkv, then session-2.mkv and so on.
  public static func movie(_ index: Int) -> String { index == 0 ? "session.mkv" : "session-\(index + 1).mkv" }

  /// Whether this is a session folder.
  public static func isSession(_ path: String) -> Bool { access(path + "/" + manifest, F_OK) == 0 }

  /// Makes the folder, and those above it that are missing.
  /// - Throws: `MediaError`; of kind `.exists`, naming a free name, where there is anything of this name.
  public static func make(_ path: String) throws {
    let path = trimmed(path)
    if let missing = makeFolders(above: path) {
      throw MediaError.system("make the folder", path: missing, kind: .cannotWrite)
    }
    guard mkdir(path, 0o777) != 0 else { return }
    let code = errno
    guard code == EEXIST else {
      throw MediaError.system("make the folder", path: path, kind: code == EACCES ? nil : .cannotWrite)
    }
    let free = (2...9999).first { access("\(path)-\($0)", F_OK) != 0 }.map { "\(path)-\($0)" }
    let remedy = free.map { "record into another, such as \($0)" } ?? "record into another"
    throw MediaError(
      library: "mien", operation: "record", message: "it exists already and is not overwritten; \(remedy)", path: path,
      kind: .exists)
  }

  /// The movies that there are, in order.
  static func movies(in path: String) -> [String] {
    // A stranger's folder may hold any number.
    let missing = (0..<1000).first { access(path + "/" + movie($0), F_OK) != 0 } ?? 1000
    return (0..<missing).map { path + "/" + movie($0) }
  }

  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
  }
}
