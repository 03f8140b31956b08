internal import Glibc

/// Makes the folders above a path that are missing, as `mkdir -p` does.
/// - Returns: the one that cannot be made, and errno says why; nil if all are there.
package func makeFolders(above path: String) -> String? {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  var above = ""
  for (place, part) in parts.enumerated() {
    above += place == 0 ? part : "/" + part
    guard !part.isEmpty, access(above, F_OK) != 0 else { continue }
    guard mkdir(above, 0o777) == 0 || errno == EEXIST else { return above }
  }
  return nil
}
