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
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { SoundMemory.from($0).map { sf_count_t($0.bytes.count) } ?? 0 },
      seek: { offset, whence, context in SoundMemory.from(context)?.seek(offset, whence) ?? -1 },
      read: { target, count, context in SoundMemory.from(context)?.read(target, Int(count)) ?? 0 },
      write: { _, _, _ in 0 },
      tell: { SoundMemory.from($0).map { sf_count_t($0.position) } ?? -1 })
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> SoundMemory? {
    context.map { Unmanaged<SoundMemory>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(_ offset: sf_count_t, _ whence: Int32) -> sf_count_t {
    let base: Int
    switch whence {
    case SEEK_SET: base = 0
    case SEEK_CUR: base = position
    case SEEK_END: base = bytes.count
    default: return -1
    }
    let (place, overflows) = sf_count_t(base).addingReportingOverflow(offset)
    guard !overflows, place >= 0 else { return -1 }
    position = Int(min(place, sf_count_t(bytes.count)))
    return sf_count_t(position)
  }

  private func read(_ target: UnsafeMutableRawPointer?, _ count: Int) -> sf_count_t {
    let count = min(count, bytes.count - position)
    guard let target, count > 0 else { return 0 }
    bytes.withUnsafeBytes { target.copyMemory(from: $0.baseAddress! + position, byteCount: count) }  // not empty
    position += count
    return sf_count_t(count)
  }
}
