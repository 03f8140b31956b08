internal import Files
internal import Foundation

/// Reads `log.jsonl`. A process that was killed may leave its last line unfinished; that one is passed over.
public enum RunLogReader {
  /// The records of a log, in their order.
  /// - Parameters:
  ///   - bytes: of `log.jsonl`.
  ///   - path: names the file in errors.
  /// - Throws: `FileError` of kind `badData` naming the line.
  public static func records(_ bytes: some Sequence<UInt8>, path: String) throws -> [RunRecord] {
    let lines = Array(bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var records: [RunRecord] = []
    // What follows the last line's end is nothing, or cut.
    for (number, line) in lines.dropLast().enumerated() {
      guard let record = try? RunRecord(line: String(decoding: line, as: UTF8.self)), record.isSound else {
        throw FileError(
          .badData, path: path, problem: "line \(number + 1) is no record of a run",
          remedy: number == 0 ? "name the log.jsonl of a run folder" : "remove that line")
      }
      records.append(record)
    }
    return records
  }
}

extension RunRecord {
  /// Numbers that a run can have: a log may come from anybody, and sums of these must not overflow.
  fileprivate var isSound: Bool {
    let counts: [Int]
    switch self {
    case .created(let created): return created.schema == Self.schema
    case .step(let step): counts = [step.step, step.epoch, step.clips]
    case .broken(let broken): counts = [broken.step]
    case .epoch(let epoch): counts = [epoch.epoch, epoch.step, epoch.clips, epoch.broken]
    case .validation(let validation):
      let table = validation.confusion ?? []
      guard table.allSatisfy({ $0.count == table.count }) else { return false }
      counts = [validation.epoch, validation.step, validation.clips] + table.joined()
    case .layerWeights(let shares): counts = [shares.step]
    case .checkpoint(let checkpoint): counts = [checkpoint.step]
    case .resumed(let resumed): counts = [resumed.step]
    case .closed(let closed): counts = [closed.step]
    }
    return counts.allSatisfy { (0...1 << 40).contains($0) }
  }
}
