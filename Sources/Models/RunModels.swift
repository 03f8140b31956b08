internal import Files
internal import Foundation
internal import Glibc

/// The model folders in the folder of a training run.
package enum RunModels {
  /// What is in a run's folder: its checkpoints, and the links into them.
  package static let checkpoints = "checkpoints"
  package static let links = ["best", "last"]

  /// Whether a path is the folder of a run.
  package static func isRun(_ path: String) -> Bool {
    access(path + "/config.json", F_OK) == 0 && isFolder(path + "/" + checkpoints)
  }

  /// Whether a model can be read from a folder.
  package static func hasModel(_ folder: String) -> Bool {
    [ModelFolder.weightsName, ModelFolder.configName].allSatisfy { access("\(folder)/\($0)", F_OK) == 0 }
  }

  /// The steps of which a run has checkpoints, in their order.
  package static func steps(of path: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + checkpoints)) ?? []
    return names.compactMap(step(named:)).sorted()
  }

  package static func step(named name: String) -> Int? {
    name.hasPrefix("step-") ? Int(name.dropFirst(5)) : nil
  }

  /// The name of a step's checkpoint.
  package static func name(step: Int) -> String {
    let digits = "\(step)"
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  /// The model folder that a run's path means: its best checkpoint, else its last, else the newest that there is. A path
  /// that is no run is itself that of a model.
  /// - Throws: ``FileError`` if the run has no checkpoint yet.
  package static func model(of path: String) throws -> String {
    guard isRun(path) else { return path }
    for name in links where hasModel(path + "/" + name) { return path + "/" + name }
    let made = steps(of: path).map { "\(path)/\(checkpoints)/\(name(step: $0))" }
    if let newest = made.last(where: hasModel) { return newest }
    throw FileError(.noInput, path: path, problem: "is a run without a checkpoint yet", remedy: "train it further")
  }
}
