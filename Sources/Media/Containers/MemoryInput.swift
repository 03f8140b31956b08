internal import CFFmpeg
internal import Glibc

/// Bytes in memory as an input of libav, which may seek in them. The C function is `avio_alloc_context`.
final class MemoryInput {
  private(set) var pointer: UnsafeMutablePointer<AVIOContext>?
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let size = 32 << 10
    guard let buffer = av_malloc(size) else { fatalError("out of memory") }
    // Unretained, because the context is freed in deinit: it cannot outlive what it points to.
    let own = Unmanaged.passUnretained(self).toOpaque()
    pointer = avio_alloc_context(
      buffer, Int32(size), 0, own,
      { own, target, count in
        Unmanaged<MemoryInput>.fromOpaque(own!).takeUnretainedValue().read(target!, Int(count))
      }, nil,
      { own, offset, whence in
        Unmanaged<MemoryInput>.fromOpaque(own!).takeUnretainedValue().seek(offset, whence)
      })
    guard pointer != nil else { fatalError("out of memory") }
  }

  deinit {
    // libav may have replaced the buffer.
    av_freep(&pointer!.pointee.buffer)
    avio_context_free(&pointer)
  }

  private func read(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int32 {
    let count = min(count, bytes.count - position)
    guard count > 0 else { return cff_error_eof() }
    bytes.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + position, count: count) }  // not empty
    position += count
    return Int32(count)
  }

  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    let base: Int
    switch whence & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return Int64(bytes.count)
    case SEEK_SET: base = 0
    case SEEK_CUR: base = position
    case SEEK_END: base = bytes.count
    default: return Int64(cff_averror(EINVAL))
    }
    let (place, overflows) = Int64(base).addingReportingOverflow(offset)
    guard !overflows, place >= 0 else { return Int64(cff_averror(EINVAL)) }
    // Behind the end there is nothing to read, as in a file.
    position = Int(min(place, Int64(bytes.count)))
    return place
  }
}
