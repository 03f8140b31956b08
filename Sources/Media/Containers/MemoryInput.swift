internal import CFFmpeg
internal import Glibc

/// Bytes in memory as an input of libav, which may seek in them. The C function is `avio_alloc_context`.
final class MemoryInput {
  private(set) var pointer: UnsafeMutablePointer<AVIOContext>?
  private var cursor: ByteCursor

  init(_ bytes: [UInt8]) {
    cursor = ByteCursor(bytes)
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
    let found = cursor.read(into: target, count)
    return found > 0 ? Int32(found) : cff_error_eof()
  }

  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    let whence = whence & ~AVSEEK_FORCE
    if whence == AVSEEK_SIZE { return Int64(cursor.bytes.count) }
    return cursor.seek(offset, whence) ?? Int64(cff_averror(EINVAL))
  }
}
