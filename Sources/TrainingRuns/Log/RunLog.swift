internal import Files
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
      throw FileError(
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
    guard descriptor >= 0 else { throw FileError.system("be written", path: path, .cannotWrite) }
  }

  deinit { close(descriptor) }

  /// - Throws: ``FileError`` of kind `cannotWrite`.
  func append(_ record: RunRecord) throws {
    var text = record.line + "\n"
    let end = lseek(descriptor, 0, SEEK_END)
    try text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count, let base = bytes.baseAddress {
        let count = Glibc.write(descriptor, base + sent, bytes.count - sent)
        if count < 0 {
          if errno == EINTR { continue }
          let error = FileError.system("be written", path: path, .cannotWrite)
          // Half a line would be in the way of the next one.
          if end >= 0 { ftruncate(descriptor, end) }
          throw error
        }
        sent += count
      }
    }
    lines += 1
  }

  /// On disk, not only with the system.
  func sync() { fsync(descriptor) }
}
