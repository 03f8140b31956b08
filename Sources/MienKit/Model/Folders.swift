internal import Glibc

/// The process's environment as a value.
package func processEnvironment() -> [String: String] {
  var result: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee {
    let pair = String(cString: text)
    if let equals = pair.firstIndex(of: "=") {
      result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    entry += 1
  }
  return result
}

/// The user's folder of mien's data: $XDG_DATA_HOME/mien, by default under ~/.local/share.
package func dataFolder(_ environment: [String: String]) -> String? {
  if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/mien" }
  if let home = environment["HOME"], !home.isEmpty { return home + "/.local/share/mien" }
  return nil
}

/// The package that the executable was built in: what holds its `.build`. nil for one that was copied elsewhere.
package func packageFolder(executable: String? = executablePath()) -> String? {
  guard let executable else { return nil }
  let parts = executable.split(separator: "/", omittingEmptySubsequences: false)
  guard let build = parts.firstIndex(of: ".build") else { return nil }
  let folder = parts[..<build].joined(separator: "/")
  return access(folder + "/Package.swift", F_OK) == 0 ? folder : nil
}

/// Where the kernel has this program from, links followed.
package func executablePath() -> String? {
  var path = [CChar](repeating: 0, count: Int(PATH_MAX))
  let length = readlink("/proc/self/exe", &path, path.count)
  guard length > 0, length < path.count else { return nil }
  return String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Names in a folder but those that begin with a dot; none if it cannot be read.
func folderNames(_ path: String) -> [String] {
  guard let handle = opendir(path) else { return [] }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      // d_name is a C string that Swift sees as a tuple of its bytes.
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

/// Links followed, as realpath(3) does; nil if nothing is there.
package func resolved(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}

/// Processors of this machine, which are a model's threads unless told.
package let processors = max(1, min(256, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
