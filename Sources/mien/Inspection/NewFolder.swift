import Glibc
import Media

/// A folder that a command makes for what it writes, with those above it, and that must not be there before.
struct NewFolder {
  let path: String

  /// - Throws: `Failure`: `exists` if it is there, `cannotWrite` if it cannot be made.
  init(_ path: String) throws {
    guard makeFolders(above: path) == nil, mkdir(path, 0o777) == 0 else {
      let code = errno
      if code == EEXIST { throw Failure(.exists, "\(path): is there already; take another name") }
      throw Failure(.cannotWrite, "\(path): cannot be made: \(String(cString: strerror(code)))")
    }
    self.path = path
  }

  /// Takes it away again if nothing was written into it.
  func removeIfEmpty() { rmdir(path) }

  static func / (folder: NewFolder, name: String) -> String {
    folder.path.hasSuffix("/") ? folder.path + name : folder.path + "/" + name
  }
}

/// Makes the folders above one that a command writes.
/// - Throws: `Failure` of kind `cannotWrite`.
func needFolders(above path: String) throws {
  guard let missing = makeFolders(above: path) else { return }
  throw Failure(.cannotWrite, "\(missing): cannot be made: \(String(cString: strerror(errno)))")
}
