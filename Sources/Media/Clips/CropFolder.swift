internal import Files
internal import Glibc
package import Signal

/// A folder that keeps every crop as `<index>_<seconds>.png`.
package struct CropFolder {
  private let path: String

  /// Makes the folder if it is missing.
  package init(_ path: String) throws {
    if mkdir(path, 0o777) != 0, errno != EEXIST {
      throw MediaError.system("make the folder", path: path, kind: .cannotWrite)
    }
    self.path = path
  }

  package func save(_ crop: FaceCrop, index: Int, at time: Instant) throws {
    func padded(_ value: Int, _ digits: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
    let milliseconds = Int(max(time.nanoseconds, 0) / 1_000_000)
    let name = "\(padded(index, 6))_\(padded(milliseconds / 1000, 4)).\(padded(milliseconds % 1000, 3)).png"
    try PNGFile.write(crop, to: "\(path)/\(name)")
  }
}
