internal import Glibc

/// Makes the folders above a path that are missing, as `mkdir -p` does.
/// - Returns: false where one cannot be made; errno says why.
package func makeFolders(above path: String) -> Bool {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  var above = ""
  for (place, part) in parts.enumerated() {
    above += place == 0 ? part : "/" + part
    guard !part.isEmpty, access(above, F_OK) != 0 else { continue }
    guard mkdir(above, 0o777) == 0 || errno == EEXIST else { return false }
  }
  return true
}
