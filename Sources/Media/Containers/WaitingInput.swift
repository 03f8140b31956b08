internal import CFFmpeg
internal import Glibc

/// An input of libav over a descriptor that may give nothing for a long time. The wait ends when the caller wants to stop.
///
/// libav's own pipe would block in read(2) until the next byte; a signal that another thread takes, or that comes just
/// before the read, would not wake it. So this waits with poll(2), a tenth of a second at a time. It cannot seek.
final class WaitingInput {
  private(set) var pointer: UnsafeMutablePointer<AVIOContext>?
  /// Bytes given so far.
  private(set) var given = 0
  /// The first bytes given, at most 12.
  private(set) var start: [UInt8] = []
  private let descriptor: Int32
  private let stop: @Sendable () -> Bool

  init(_ descriptor: Int32, stop: @escaping @Sendable () -> Bool) {
    (self.descriptor, self.stop) = (descriptor, stop)
    let size = 32 << 10
    guard let buffer = av_malloc(size) else { fatalError("out of memory") }
    // Unretained, because the context is freed in deinit: it cannot outlive what it points to.
    let own = Unmanaged.passUnretained(self).toOpaque()
    pointer = avio_alloc_context(
      buffer, Int32(size), 0, own,
      { own, bytes, count in Unmanaged<WaitingInput>.fromOpaque(own!).takeUnretainedValue().read(bytes!, count) },
      nil, nil)
    guard pointer != nil else { fatalError("out of memory") }
    pointer!.pointee.seekable = 0
  }

  deinit {
    // libav may have replaced the buffer.
    av_freep(&pointer!.pointee.buffer)
    avio_context_free(&pointer)
  }

  private func read(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int32) -> Int32 {
    while !stop() {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, 100)
      if ready < 0 && errno != EINTR { return cff_averror(errno) }
      guard ready > 0 else { continue }
      let got = Glibc.read(descriptor, bytes, Int(count))
      if got < 0 && [EINTR, EAGAIN].contains(errno) { continue }
      if got < 0 { return cff_averror(errno) }
      if start.count < 12 { start += UnsafeBufferPointer(start: bytes, count: got).prefix(12 - start.count) }
      given += got
      return got == 0 ? cff_error_eof() : Int32(got)
    }
    return cff_error_exit()
  }
}
