internal import Glibc

/// Held while a process writes into a folder, so that two do not take each other's drafts away.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// nil: another process holds it. On a file system without locks nothing is locked, and that is no error. Calls `flock`.
  /// - Throws: `MediaError` if the folder cannot be opened.
  package init?(_ folder: String) throws {
    let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw MediaError.system("open", path: folder) }
    if flock(opened, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(opened)
      return nil
    }
    // Last: an initialiser that fails behind this has deinit close it once more.
    descriptor = opened
  }

  deinit { close(descriptor) }
}
