import Glibc
import Recognition

/// Where calibrations are kept, in the order in which they are looked for.
struct CalibrationLookup {
  /// Folders that hold `models/SHA.json`.
  var folders: [String]

  /// $MIEN_CALIBRATION alone where it is set; else `calibration` of the package that the executable was built in, and
  /// mien/calibration in the user's data folder.
  init(environment: [String: String], package: String?) {
    if let named = environment["MIEN_CALIBRATION"], !named.isEmpty {
      folders = [named]
    } else {
      folders = [package.map { $0 + "/calibration" }, dataFolder(environment).map { $0 + "/calibration" }]
        .compactMap { $0 }
    }
  }

  static var system: CalibrationLookup {
    CalibrationLookup(environment: processEnvironment(), package: packageFolder())
  }

  /// The first that is there for these weights.
  func file(sha256: String) -> CalibrationFile? {
    folders.map { CalibrationFile(in: $0, sha256: sha256) }.first(where: \.exists)
  }
}

/// The user's folder of mien's data: $XDG_DATA_HOME/mien, by default under ~/.local/share.
func dataFolder(_ environment: [String: String]) -> String? {
  if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/mien" }
  if let home = environment["HOME"], !home.isEmpty { return home + "/.local/share/mien" }
  return nil
}

/// The package that the executable was built in: what holds its `.build`. nil for one that was copied elsewhere.
func packageFolder(executable: String? = executablePath()) -> String? {
  guard let executable else { return nil }
  let parts = executable.split(separator: "/", omittingEmptySubsequences: false)
  guard let build = parts.firstIndex(of: ".build") else { return nil }
  let folder = parts[..<build].joined(separator: "/")
  return access(folder + "/Package.swift", F_OK) == 0 ? folder : nil
}

/// Where the kernel has this program from, links followed.
func executablePath() -> String? {
  var path = [CChar](repeating: 0, count: Int(PATH_MAX))
  let length = readlink("/proc/self/exe", &path, path.count)
  guard length > 0, length < path.count else { return nil }
  return String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
