internal import Glibc
internal import Threading

/// Keeps some room on the disk for the last manifest, which must be written even when the disk is full. The room is a file
/// without a name, so nothing of it stays, whatever ends the process.
public final class DiskReserve: Sendable {
  /// More than a manifest needs.
  static let bytes = 1 << 16
  private let descriptor: Guarded<Int32?>

  /// Where the disk has no room for it, or gives none, there is no reserve.
  public init(in folder: String) {
    let path = "\(folder)/.reserve-\(getpid())"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      descriptor = Guarded(nil)
      return
    }
    unlink(path)
    // Not posix_fallocate(3): some file systems promise blocks that they do not have.
    let zeros = [UInt8](repeating: 0, count: Self.bytes)
    _ = write(file, zeros, zeros.count)
    fsync(file)
    descriptor = Guarded(file)
  }

  deinit { give() }

  /// The room is there for others.
  public func give() {
    descriptor.withLock { descriptor in
      if let file = descriptor { close(file) }
      descriptor = nil
    }
  }
}
