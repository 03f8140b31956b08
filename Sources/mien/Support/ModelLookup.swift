import Glibc

/// Which model folder a command means: the option, $MIEN_MODEL, the one that comes with the package, the user's own.
struct ModelLookup {
  var environment: [String: String]
  /// The package that the executable was built in; nil: it lies elsewhere.
  var package: String?
  /// Whether a path is a model folder.
  var isModel: (String) -> Bool
  /// Names in a folder, or none.
  var names: (String) -> [String]

  /// Looks at the real files.
  static var system: ModelLookup {
    ModelLookup(
      environment: processEnvironment(), package: packageFolder(),
      isModel: { access($0 + "/config.json", F_OK) == 0 }, names: folderNames)
  }

  /// For the help of every command that takes a model.
  static let order = "$MIEN_MODEL, else models/nano of the package, else the model in ~/.local/share/mien/models"

  /// What was found.
  struct Found: Equatable {
    var path: String
    /// The user's folder, where it has models that were not asked for because the package's comes first.
    var passed: String?
  }

  /// - Throws: `Failure` with `noInput`, naming the places and the ways to a model; `usage` where several could be meant.
  func find(_ option: String?) throws -> Found {
    if let option { return Found(path: option) }
    if let named { return Found(path: named) }
    let kept = kept
    if let bundled, isModel(bundled) { return Found(path: bundled, passed: kept.isEmpty ? nil : folder) }
    switch kept.count {
    case 1: return Found(path: kept[0])
    case 0: throw missing
    default:
      throw Failure(
        .usage,
        "several models in \(folder ?? ""); choose one: --model \(kept.joined(separator: ", --model ")); or call one default"
      )
    }
  }

  /// Every model folder that can be found without being named, for whoever looks for a certain one; those in `models`
  /// here too.
  var candidates: [String] {
    let here = names("models").sorted().map { "models/" + $0 }
    return ([named, bundled].compactMap { $0 } + all + here).filter(isModel)
  }

  /// The places in their order, for messages.
  var places: String {
    [
      named.map { "$MIEN_MODEL (\($0))" } ?? "$MIEN_MODEL (not set)",
      bundled ?? "models/nano of the package (mien lies in none)",
      folder ?? "~/.local/share/mien/models ($HOME is not set)",
    ].joined(separator: ", ")
  }

  private var named: String? { environment["MIEN_MODEL"].flatMap { $0.isEmpty ? nil : $0 } }

  /// The default model, where `make default-model` puts it.
  private var bundled: String? { package.map { $0 + "/models/nano" } }

  /// $XDG_DATA_HOME/mien/models, by default under ~/.local/share.
  private var folder: String? { dataFolder(environment).map { $0 + "/models" } }

  /// The folder itself if it is a model, else what it calls default, else all that is in it.
  private var kept: [String] {
    guard let folder else { return [] }
    if isModel(folder) { return [folder] }
    let preferred = folder + "/default"
    return isModel(preferred) ? [preferred] : all
  }

  /// Models in the user's folder, sorted.
  private var all: [String] {
    guard let folder else { return [] }
    let inside = names(folder).filter { !Self.isDraft($0) }.sorted().map { folder + "/" + $0 }
    return ([folder] + inside).filter(isModel)
  }

  /// `NAME.PID.tmp` or `.old`: what an import leaves beside its place if it is killed.
  private static func isDraft(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, ["tmp", "old"].contains(parts.last) else { return false }
    return parts[parts.count - 2].allSatisfy(\.isNumber)
  }

  private var missing: Failure {
    Failure(
      .noInput,
      "no model: looked at \(places); give --model DIR, import a published one with mien model import CHECKPOINT -o DIR "
        + "--labels …, make the default one with make default-model, or try --untrained tiny")
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
