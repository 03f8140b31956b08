internal import Architectures
internal import Files
internal import Foundation
internal import Glibc
internal import Media
internal import Models
internal import Networks
internal import Training

/// A run's folder: `config.json`, `log.jsonl`, `checkpoints/`, and the links `last` and `best`.
///
/// Locked while it is open, so that two processes cannot write into one run.
public final class RunFolder {
  public let path: String
  private let lock: FolderLock

  /// A new run.
  /// - Throws: `FileError`: of kind `exists` if the folder is there.
  public init(creating path: String, settings: RunSettings) throws {
    self.path = Self.trimmed(path)
    guard makeFolders(above: self.path) == nil, mkdir(self.path, 0o777) == 0 else {
      let code = errno
      if code == EEXIST {
        throw FileError(
          .exists, path: path, problem: "is there already",
          remedy: RunModels.isRun(path) ? "go on with it: --resume, or take another name" : "take another name")
      }
      throw FileError(.cannotWrite, path: path, problem: "cannot be made: \(String(cString: strerror(code)))")
    }
    do {
      lock = try Self.locked(self.path)
      guard mkdir(self.path + "/" + RunModels.checkpoints, 0o777) == 0 else {
        throw FileError(.cannotWrite, path: path, problem: "cannot be made: \(String(cString: strerror(errno)))")
      }
      let file = try AtomicFile(self.path + "/config.json")
      try file.write(settings.json)
      try file.commit()
    } catch {
      // Only what was made here a moment ago.
      try? FileManager.default.removeItem(atPath: self.path)
      throw error
    }
  }

  /// A run that is there, to go on with.
  /// - Throws: `FileError` if it is none, if another process is at it, or if the settings differ, naming the difference.
  public init(resuming path: String, settings: RunSettings) throws {
    self.path = Self.trimmed(path)
    guard RunModels.isRun(path) else {
      throw FileError(.noInput, path: path, problem: "there is no run to resume", remedy: "leave --resume out")
    }
    let differences = settings.differences(
      from: try RunSettings(
        file: self.path + "/config.json", among: [settings.model.sizes.architecture] + architectures))
    guard differences.isEmpty else {
      let other =
        RunModels.steps(of: self.path).isEmpty
        ? "remove it: it has no checkpoint" : "begin a new run with --from \(path)"
      throw FileError(
        .usage, path: path, problem: "was begun with other settings: \(differences.joined(separator: "; "))",
        remedy: "give the same ones, or \(other)")
    }
    // A copy that followed links: two more checkpoints, of which nobody knows whether they are wanted.
    for name in RunModels.links where Self.isFolderItself("\(self.path)/\(name)") {
      throw FileError(
        .badData, path: "\(self.path)/\(name)",
        problem: "is a folder where a link into \(RunModels.checkpoints)/ belongs",
        remedy: "remove it, if \(RunModels.checkpoints)/ has what is in it, and resume again")
    }
    lock = try Self.locked(self.path)
  }

  private static func locked(_ path: String) throws -> FolderLock {
    if let lock = try FolderLock(path) { return lock }
    throw FileError(.exists, path: path, problem: "another process is training in it", remedy: "wait for it to end")
  }

  private static func trimmed(_ path: String) -> String {
    let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
    return trimmed.isEmpty ? path : trimmed
  }

  // MARK: What is in it

  private static func isFolderItself(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  public var logPath: String { path + "/log.jsonl" }

  func checkpoint(step: Int) -> String { "\(path)/\(RunModels.checkpoints)/\(RunModels.name(step: step))" }

  func hasModel(step: Int) -> Bool { CheckpointFolder(checkpoint(step: step)).hasModel }

  /// The step of the checkpoint that a link leads to.
  func step(of link: String) -> Int? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(path + "/" + link, &target, target.count - 1)
    guard count > 0 else { return nil }
    let text = String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let dash = text.lastIndex(of: "-") else { return nil }
    return Int(text[text.index(after: dash)...])
  }

  /// The checkpoint to go on from: where `last` leads, or the newest one where it leads nowhere, as in a copy without
  /// links; before it where that one is damaged. nil if there is none.
  /// - Parameters:
  ///   - hasAverage: whether the run keeps a running mean of its weights.
  ///   - warn: is told which one it is where it is not the one that `last` leads to, and why.
  /// - Throws: ``FileError`` with what is wrong with the newest, if there are some and none can be read.
  func newestWhole(hasAverage: Bool, warn: (String) -> Void) throws -> CheckpointFolder.Whole? {
    let last = step(of: "last").flatMap { steps.contains($0) ? $0 : nil }
    var problems: [any Error] = []
    for step in steps.reversed() where step <= last ?? .max {
      do {
        let found = try CheckpointFolder(checkpoint(step: step)).read(step: step, hasAverage: hasAverage)
        for problem in problems { warn("\(problem)") }
        if !problems.isEmpty {
          warn("\(path): goes on from the checkpoint before it, of step \(step); what is damaged is kept beside it")
        } else if last == nil {
          warn("\(path)/last leads to no checkpoint; goes on from the newest there is, of step \(step)")
        }
        return found
      } catch let error where CheckpointFolder.isDamage(error) { problems.append(error) }
    }
    guard let first = problems.first else { return nil }
    let model = steps.last { hasModel(step: $0) }
    throw FileError(
      .badData, path: path, problem: "no checkpoint is whole; the newest: \(first)",
      remedy: model.map { "begin a new run with --from \(checkpoint(step: $0))" } ?? "begin a new run")
  }

  /// Takes checkpoints later than the one to go on from out of the run's way: they were passed over, because something in
  /// them is damaged, but the rest may be wanted.
  /// - Throws: ``FileError`` if one cannot be moved; nothing is lost then.
  func setAside(after step: Int) throws {
    for damaged in steps where damaged > step {
      var (aside, number) = (
        "\(path)/\(RunModels.checkpoints)/damaged-" + RunModels.name(step: damaged).dropFirst(5), 1
      )
      let plain = aside
      while access(aside, F_OK) == 0 { (aside, number) = ("\(plain)-\(number + 1)", number + 1) }
      guard rename(checkpoint(step: damaged), aside) == 0 else {
        throw FileError(.cannotWrite, path: aside, problem: "cannot be made: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Steps that there are checkpoints of, rising. A checkpoint bears its name once it is whole; files may have been taken
  /// out of it since.
  var steps: [Int] { RunModels.steps(of: path) }

  private static func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  // MARK: Changing it

  /// Makes a link lead to a checkpoint, in one step.
  func link(_ name: String, toStep step: Int) throws {
    let draft = "\(path)/.\(name).tmp"
    unlink(draft)
    guard symlink("\(RunModels.checkpoints)/\(RunModels.name(step: step))", draft) == 0,
      rename(draft, path + "/" + name) == 0
    else {
      let error = FileError(
        .cannotWrite, path: path + "/" + name, problem: "cannot be linked: \(String(cString: strerror(errno)))")
      unlink(draft)
      throw error
    }
    syncFolder(of: path + "/" + name)
  }

  /// Takes away what a killed process left: drafts, and checkpoints later than the one to go on from.
  func sweep(after step: Int?) {
    let folder = path + "/" + RunModels.checkpoints
    for name in Self.names(in: folder) where name.hasPrefix(".") {
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
    for name in Self.names(in: folder) {
      if let later = RunModels.step(named: name), later > step ?? -1 { remove(step: later) }
    }
  }

  /// Keeps the newest `count` checkpoints, and the best.
  func prune(keeping count: Int, best: Int?) {
    let last = self.step(of: "last")
    for step in steps.dropLast(count) where step != best && step != last { remove(step: step) }
  }

  /// First out of its name, so that a half-removed folder never bears it.
  private func remove(step: Int) {
    let draft = "\(path)/\(RunModels.checkpoints)/.\(RunModels.name(step: step)).old"
    guard rename(checkpoint(step: step), draft) == 0 else { return }
    try? FileManager.default.removeItem(atPath: draft)
  }
}
