internal import CFFmpeg
internal import Glibc
internal import Threading

/// libav's log, kept from the terminal: only the newest errors of contexts that somebody watches are remembered, for our
/// own messages.
///
/// libav's callback is one for the process and its decoders log from threads of their own, so this is the one global of
/// the room: bounded lists behind a lock, one for each watched context, because two recordings may be open at once. It
/// decides nothing.
enum LibavLog {
  private static let capacity = 16
  private static let lines = Guarded<[UInt: [String]]>([:])

  /// Silences libav; may be called any number of times.
  static func capture() { installed }

  private static let installed: Void = {
    av_log_set_callback { context, level, format, arguments in
      guard level <= AV_LOG_ERROR, let format, let arguments = maybe(arguments) else { return }
      let key = UInt(bitPattern: context)
      guard LibavLog.lines.withLock({ $0[key] != nil }) else { return }
      var line = [CChar](repeating: 0, count: 256)
      var prefix: Int32 = 0
      av_log_format_line2(context, level, format, arguments, &line, Int32(line.count), &prefix)
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      LibavLog.lines.withLock {
        guard let count = $0[key]?.count else { return }
        if count == LibavLog.capacity { $0[key]?.removeFirst() }
        $0[key]?.append(text)
      }
    }
  }()

  /// From now on errors of this context (an AVFormatContext, AVCodecContext, …) are kept, until `forget`.
  static func watch(_ context: UnsafeRawPointer) {
    capture()
    lines.withLock { $0[UInt(bitPattern: context)] = [] }
  }

  /// Takes the context's errors since the last call. The context itself may be gone already.
  static func take(_ key: UInt) -> [String] {
    lines.withLock { lines in
      defer { if lines[key] != nil { lines[key] = [] } }
      return lines[key] ?? []
    }
  }

  static func forget(_ key: UInt) { lines.withLock { _ = $0.removeValue(forKey: key) } }
}

/// A va_list is an optional pointer on x86-64 and a plain value on arm64: this makes it optional on both.
private func maybe<Value>(_ value: Value?) -> Value? { value }
