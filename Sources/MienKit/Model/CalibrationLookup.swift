package import Models

/// Where calibrations are kept, in the order in which they are looked for.
package struct CalibrationLookup {
  /// Folders that hold `models/SHA.json`.
  package var folders: [String]
  /// Whether a model's own place is looked at after these.
  private let looksBesideModels: Bool

  /// $MIEN_CALIBRATION alone where it is set; else `calibration` of the package that the executable was built in,
  /// mien/calibration in the user's data folder, and `calibration` beside the folder `models` that the model lies in.
  package init(environment: [String: String], package: String?) {
    if let named = environment["MIEN_CALIBRATION"], !named.isEmpty {
      (folders, looksBesideModels) = ([named], false)
    } else {
      folders = [package.map { $0 + "/calibration" }, dataFolder(environment).map { $0 + "/calibration" }]
        .compactMap { $0 }
      looksBesideModels = true
    }
  }

  package static var system: CalibrationLookup {
    CalibrationLookup(environment: processEnvironment(), package: packageFolder())
  }

  /// The first that is there for these weights.
  /// - Parameter model: the model's folder; nil: it lies in none.
  package func file(sha256: String, model: String?) -> CalibrationFile? {
    let beside = looksBesideModels ? model.flatMap(Self.beside) : nil
    return (folders + [beside].compactMap { $0 }).map { CalibrationFile(in: $0, sha256: sha256) }.first(where: \.exists)
  }

  /// `PLACE/calibration` of a model in `PLACE/models/NAME`, which is how a package and the user's data folder keep both.
  private static func beside(_ model: String) -> String? {
    guard let path = resolved(model) else { return nil }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[parts.count - 2] == "models" else { return nil }
    return parts.dropLast(2).joined(separator: "/") + "/calibration"
  }
}
