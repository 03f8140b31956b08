internal import Glibc

/// Which model folder is meant: the option, $MIEN_MODEL, the one that comes with the package, the user's own.
package struct ModelLookup {
  package var environment: [String: String]
  /// The package that the executable was built in; nil: it lies elsewhere.
  package var package: String?
  /// Whether a path is a model folder.
  package var isModel: (String) -> Bool
  /// Names in a folder, or none.
  package var names: (String) -> [String]

  package init(
    environment: [String: String], package: String?, isModel: @escaping (String) -> Bool,
    names: @escaping (String) -> [String]
  ) {
    (self.environment, self.package, self.isModel, self.names) = (environment, package, isModel, names)
  }

  /// Looks at the real files.
  package static var system: ModelLookup {
    ModelLookup(
      environment: processEnvironment(), package: packageFolder(),
      isModel: { access($0 + "/config.json", F_OK) == 0 }, names: folderNames)
  }

  /// For the help of every command that takes a model.
  package static let order =
    "$MIEN_MODEL, else models/nano of the package, else the model in ~/.local/share/mien/models"

  /// What was found.
  package struct Found: Equatable {
    package var path: String
    /// The user's folder, where it has models that were not asked for because the package's comes first.
    package var passed: String?

    package init(path: String, passed: String? = nil) { (self.path, self.passed) = (path, passed) }
  }

  /// - Parameter option: the model that was asked for; nil: none.
  /// - Throws: `ModelNotFound`.
  package func find(_ option: String?) throws -> Found {
    if let option { return Found(path: option) }
    if let named { return Found(path: named) }
    let kept = kept
    if let bundled, isModel(bundled) { return Found(path: bundled, passed: kept.isEmpty ? nil : folder) }
    switch kept.count {
    case 1: return Found(path: kept[0])
    case 0: throw ModelNotFound.nowhere(places: places)
    default:
      throw ModelNotFound.several(folder: folder ?? "", models: kept)
    }
  }

  /// Every model folder that can be found without being named, for whoever looks for a certain one; those in `models`
  /// here too.
  package var candidates: [String] {
    let here = names("models").sorted().map { "models/" + $0 }
    return ([named, bundled].compactMap { $0 } + all + here).filter(isModel)
  }

  /// The places in their order, for messages.
  package var places: String {
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
}
