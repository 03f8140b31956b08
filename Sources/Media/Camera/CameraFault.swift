internal import Files
internal import Glibc

extension MediaError {
  /// From an error number of a camera's node. Whatever it is, a later try may go well.
  static func camera(_ operation: String, code: Int32, path: String) -> MediaError {
    let said = String(cString: strerror(code))
    switch code {
    case EACCES, EPERM:
      let group = group(of: path) ?? "video"
      return MediaError(
        library: "system", operation: operation, code: Int(code),
        message: "\(said); cameras belong to the group \(group): sudo usermod -aG \(group) $USER, then log in again",
        path: path, kind: .noPermission)
    case EBUSY:
      return MediaError(
        library: "v4l2", operation: operation, code: Int(code), message: "another program is using it; close that one",
        path: path, kind: .noInput)
    default:
      return MediaError(
        library: "v4l2", operation: operation, code: Int(code), message: said, path: path, kind: .noInput)
    }
  }

  /// The name of the group that a file belongs to.
  private static func group(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_gid != 0 else { return nil }
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    var text = [CChar](repeating: 0, count: 4096)
    guard getgrgid_r(status.st_gid, &entry, &text, text.count, &found) == 0, let found else { return nil }
    return String(cString: found.pointee.gr_name)
  }
}
