internal import Files
internal import Foundation

extension RunReport {
  /// Makes `report.html` of a run folder anew from its `log.jsonl` and `config.json`; whole or not at all.
  /// - Returns: the page's path.
  /// - Throws: `FileError` naming the file.
  @discardableResult public static func write(folder: String) throws -> String {
    let config = try read(folder + "/config.json")
    let log = try read(folder + "/log.jsonl")
    let settings = try ReportSettings(config: config, path: folder + "/config.json")
    var history = RunHistory(records: try RunLogReader.records(log, path: folder + "/log.jsonl"))
    history.keepCheckpoints { FileManager.default.fileExists(atPath: "\(folder)/\($0.path)") }
    let path = folder + "/report.html"
    let file = try AtomicFile(path)
    try file.write(html(history: history, settings: settings))
    try file.commit()
    return path
  }

  private static func read(_ path: String) throws -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      let isMissing = (error as? CocoaError)?.code == .fileReadNoSuchFile
      throw FileError(
        .noInput, path: path, problem: isMissing ? "is not there" : "cannot be read: \(error.localizedDescription)",
        remedy: "name a folder that training made")
    }
  }
}
