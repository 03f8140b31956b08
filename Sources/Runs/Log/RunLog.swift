internal import Checkpoint
internal import Foundation
internal import Glibc

/// `log.jsonl` of a run: a line a record, with the system as soon as it is appended.
final class RunLog {
  let path: String
  private(set) var lines: Int
  private let descriptor: Int32

  /// Goes on after the first `keeping` lines; later ones are gone for good.
  /// - Parameter following: a line that stays if it comes right after these.
  init(_ path: String, keeping: Int, following: String? = nil) throws {
    self.path = path
    // A process that was killed may have left half a letter.
    let text = String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
    let all = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard all.count >= keeping else {
      throw RunError(
        .badData, path: path, problem: "has \(all.count) lines, but its checkpoint was made after \(keeping)",
        remedy: "begin a new run with --from")
    }
    var kept = all.prefix(keeping).map(String.init)
    if let following, all.count > keeping, all[keeping] == following { kept.append(following) }
    if kept.count != all.count || !text.isEmpty && text.last != "\n" {
      let file = try AtomicFile(path)
      try file.write(kept.map { $0 + "\n" }.joined())
      try file.commit()
    }
    lines = kept.count
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { close(descriptor) }

  /// - Throws: ``RunError`` of kind `cannotWrite`.
  func append(_ record: RunRecord) throws {
    var text = record.line + "\n"
    try text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count, let base = bytes.baseAddress {
        let count = Glibc.write(descriptor, base + sent, bytes.count - sent)
        if count < 0 {
          if errno == EINTR { continue }
          throw Self.failure(path)
        }
        sent += count
      }
    }
    lines += 1
  }

  /// On disk, not only with the system.
  func sync() { fsync(descriptor) }

  /// All records of a log; a last line that was cut short is passed over.
  /// - Throws: ``RunError`` if it cannot be read.
  static func records(_ path: String) throws -> [RunRecord] {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
      throw RunError(.noInput, path: path, problem: "cannot be read")
    }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { try? RunRecord(line: String($0)) }
  }

  /// Reads errno, so it must be called right after what failed.
  private static func failure(_ path: String) -> RunError {
    let code = errno
    let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
    return RunError(
      .cannotWrite, path: path, problem: "cannot be written: \(String(cString: strerror(code)))",
      remedy: isFull ? "free some space, then go on with --resume" : nil)
  }
}
