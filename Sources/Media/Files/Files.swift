internal import Files
internal import Glibc

/// A whole small file. Throws `MediaError` if it is missing, a folder, or larger than `limit` bytes.
func readBytes(_ path: String, limit: Int) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw MediaError.system("open", path: path) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw MediaError.system("open", path: path) }
  let size = Int(status.st_size)
  guard status.st_mode & S_IFMT == S_IFREG, size <= limit else {
    throw MediaError(
      library: "mien", operation: "read", message: "it is not a file of at most \(limit >> 20) MiB", path: path,
      kind: .badData)
  }
  var bytes = [UInt8](repeating: 0, count: size)
  var filled = 0
  while filled < size {
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, size - filled) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw MediaError.system("read", path: path) }
    if count == 0 { break }
    filled += count
  }
  bytes.removeLast(size - filled)
  return bytes
}

/// Names in a folder, sorted by their bytes.
func names(in folder: String) throws -> [String] {
  guard let handle = opendir(folder) else { throw MediaError.system("open the folder", path: folder) }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      // d_name is a C string in an array that Swift sees as a tuple.
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    names.append(name)
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
