internal import CSndfile
internal import Glibc

/// A sound that libsndfile has opened, from a file or from memory; closed with the object.
final class OpenSound {
  let file: OpaquePointer
  let info: SF_INFO
  private let memory: SoundMemory?

  /// nil where libsndfile does not know the format. The C functions are `sf_open` and `sf_open_virtual`.
  init?(_ input: ContainerInput) {
    var info = SF_INFO()
    var opened: OpaquePointer?
    switch input {
    case .descriptor: memory = nil
    case .file(let path):
      memory = nil
      opened = sf_open(path, Int32(SFM_READ), &info)
    case .memory(let bytes):
      let held = SoundMemory(bytes.bytes)
      memory = held
      var calls = SoundMemory.calls
      // Unretained, because this object keeps it until the file is closed.
      opened = sf_open_virtual(&calls, Int32(SFM_READ), &info, Unmanaged.passUnretained(held).toOpaque())
    }
    guard let found = opened else { return nil }
    (file, self.info) = (found, info)
  }

  deinit { sf_close(file) }
}

/// Bytes that libsndfile reads as a file.
private final class SoundMemory {
  private var cursor: ByteCursor

  init(_ bytes: [UInt8]) { cursor = ByteCursor(bytes) }

  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { SoundMemory.from($0).map { sf_count_t($0.cursor.bytes.count) } ?? 0 },
      seek: { offset, whence, context in SoundMemory.from(context)?.seek(offset, whence) ?? -1 },
      read: { target, count, context in SoundMemory.from(context)?.read(target, Int(count)) ?? 0 },
      write: { _, _, _ in 0 },
      tell: { SoundMemory.from($0).map { sf_count_t($0.cursor.position) } ?? -1 })
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> SoundMemory? {
    context.map { Unmanaged<SoundMemory>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(_ offset: sf_count_t, _ whence: Int32) -> sf_count_t {
    guard cursor.seek(offset, whence) != nil else { return -1 }
    return sf_count_t(cursor.position)
  }

  private func read(_ target: UnsafeMutableRawPointer?, _ count: Int) -> sf_count_t {
    target.map { sf_count_t(cursor.read(into: $0, count)) } ?? 0
  }
}
