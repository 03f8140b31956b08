import Files
import Glibc
import MienKit

/// Whether two paths lead to one existing regular file.
func isSameFile(_ a: String, _ b: String) -> Bool {
  var (first, second) = (stat(), stat())
  guard stat(a, &first) == 0, stat(b, &second) == 0, first.st_mode & S_IFMT == S_IFREG else { return false }
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino
}

/// Whether a path leads to one of the files that are read from a folder.
/// - Parameter isRead: is told a file's path within the folder.
func isFile(_ path: String, of folder: String, where isRead: (String) -> Bool) -> Bool {
  guard isFolder(folder), isSameFile(path, path), let real = resolved(path), let above = resolved(folder),
    real.hasPrefix(above + "/")
  else { return false }
  return isRead(String(real.dropFirst(above.utf8.count + 1)))
}

/// Whether a file in a folder of faces is one of them.
func isPicture(_ name: String) -> Bool {
  ["png", "jpg", "jpeg", "bmp"].contains { name.lowercased().hasSuffix(".\($0)") }
}

/// Whether two paths name one place, whether or not there is a file yet.
func isOnePlace(_ a: String, _ b: String) -> Bool {
  if isSameFile(a, b) || a == b { return true }
  func place(_ path: String) -> (String, Substring)? {
    let name = path.split(separator: "/").last ?? ""
    let above = path.dropLast(name.count)
    return resolved(above.isEmpty ? "." : String(above)).map { ($0, name) }
  }
  guard let first = place(a), let second = place(b) else { return false }
  return first == second
}

/// A whole small file.
/// - Throws: `Failure` naming it: `noInput` if it is missing, `badData` if it is no file or larger than `limit` bytes.
func readFile(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
  func failure() -> Failure {
    let code = errno
    let status: ExitStatus = code == EACCES ? .noPermission : code == ENOENT || code == ENOTDIR ? .noInput : .badData
    return Failure(status, "\(path): cannot read: \(String(cString: strerror(code)))")
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw failure() }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &block, block.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw failure() }
    if count == 0 { return bytes }
    bytes += block[..<count]
    guard bytes.count <= limit else {
      throw Failure(.badData, "\(path): larger than \(limit >> 20) MiB; not a list of clips")
    }
  }
}
