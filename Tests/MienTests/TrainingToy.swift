import Foundation
import Glibc
import Testing

/// Six toy clips of three classes with a list of them, and `mien pretrain` and `mien finetune` on it.
struct TrainingToy {
  let folder: Folder
  static let sizes = ["--dim", "64", "--depth", "1", "--fusion-depth", "1"]
  static let labels = ["--labels", "calm,angry,glad"]

  init() throws {
    folder = try Folder()
    let faces = try Fixtures.pictures(6, in: folder)
    for clip in 0..<6 {
      try FileManager.default.copyItem(atPath: faces, toPath: folder / "face\(clip)")
      // Each begins elsewhere, so that clips differ.
      try FileManager.default.removeItem(atPath: folder / "face\(clip)/000\(clip).bmp")
      try folder.write("sound\(clip).wav", Fixtures.sound(seconds: 0.5 + 0.1 * Double(clip)))
    }
    try folder.write("list.csv", (0..<6).map(Self.line).joined())
  }

  /// A clip's line in a list; they come round again after six.
  static func line(_ clip: Int) -> String { "face\(clip % 6) sound\(clip % 6).wav \(clip % 3)\n" }

  func arguments(_ run: String, _ options: [String], list: String = "list.csv") -> [String] {
    ["--data", folder / list, "-o", folder / run, "--batch", "2", "--seed", "3"] + options
  }

  func finetune(_ run: String, _ options: String..., list: String = "list.csv") throws -> Command {
    try Command.run(["finetune"] + arguments(run, Self.sizes + Self.labels + options, list: list))
  }

  /// Whether two files have the same bytes.
  func same(_ a: String, _ b: String) throws -> Bool {
    try Data(contentsOf: URL(fileURLWithPath: folder / a)) == Data(contentsOf: URL(fileURLWithPath: folder / b))
  }

  /// Steps in a run's log.
  func steps(_ run: String) -> Int {
    let text = (try? String(contentsOfFile: folder / "\(run)/log.jsonl", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").count { $0.contains("\"type\":\"step\"") }
  }

  /// Starts a fine-tuning and sends a signal after that many steps.
  func interrupted(_ run: String, _ options: [String], after count: Int, by signal: Int32) throws -> Int32 {
    try interrupted(["finetune"] + arguments(run, Self.sizes + Self.labels + options), by: signal) {
      steps(run) >= count
    }
  }

  /// Starts the command and sends a signal when it is time.
  func interrupted(_ arguments: [String], by signal: Int32, when isTime: () -> Bool) throws -> Int32 {
    let child = try Command.spawn(arguments, out: folder / "out", err: folder / "err")
    let came = Command.wait(until: isTime)
    #expect(came)
    kill(child, signal)
    return try Command.reap(child).status
  }
}
