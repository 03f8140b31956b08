import Glibc

/// Which model folder a command means: the option, then $MIEN_MODEL, then the only one in the user's data folder.
struct ModelLookup {
  var environment: [String: String]
  /// Whether a path is a model folder.
  var isModel: (String) -> Bool
  /// Names in a folder, or none.
  var names: (String) -> [String]

  /// Looks at the real files.
  static var system: ModelLookup {
    ModelLookup(
      environment: processEnvironment(), isModel: { access($0 + "/config.json", F_OK) == 0 }, names: folderNames)
  }

  /// - Throws: `Failure` with `noInput`, naming the places and the way to a model; `usage` where several could be meant.
  func find(_ option: String?) throws -> String {
    if let option { return option }
    if let named = environment["MIEN_MODEL"], !named.isEmpty { return named }
    guard let folder else { throw missing(["$MIEN_MODEL (not set)"]) }
    let found = names(folder).filter { !Self.isDraft($0) }.map { folder + "/" + $0 }.filter(isModel).sorted()
    switch found.count {
    case 1: return found[0]
    case 0: throw missing(["$MIEN_MODEL (not set)", folder])
    default:
      throw Failure(.usage, "several models in \(folder); choose one: --model \(found.joined(separator: ", --model "))")
    }
  }

  /// Every model folder that can be found without being named, for whoever looks for a certain one.
  var candidates: [String] {
    let named = environment["MIEN_MODEL"].flatMap { $0.isEmpty ? nil : $0 }
    let kept = folder.map { folder in names(folder).filter { !Self.isDraft($0) }.sorted().map { folder + "/" + $0 } }
    return ([named].compactMap { $0 } + (kept ?? [])).filter(isModel)
  }

  /// $XDG_DATA_HOME/mien/models, by default under ~/.local/share.
  private var folder: String? { dataFolder(environment).map { $0 + "/models" } }

  /// `NAME.PID.tmp` or `.old`: what an import leaves beside its place if it is killed.
  private static func isDraft(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, ["tmp", "old"].contains(parts.last) else { return false }
    return parts[parts.count - 2].allSatisfy(\.isNumber)
  }

  private func missing(_ places: [String]) -> Failure {
    Failure(
      .noInput,
      "no model: looked at \(places.joined(separator: " and ")); give --model DIR, make one with mien model import "
        + "CHECKPOINT -o DIR --labels …, or try --untrained tiny")
  }
}

/// The process's environment as a value.
func processEnvironment() -> [String: String] {
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
