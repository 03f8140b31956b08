internal import CFFmpeg
internal import Glibc
internal import Synchronization

/// libav's log, kept from the terminal: only the newest errors are remembered, for our own messages.
///
/// libav's callback is one for the process and its decoders log from threads of their own, so this is the one global of
/// the room: a bounded list behind a lock. It decides nothing; `Demuxer` reads it.
enum LibavLog {
  private static let capacity = 16
  private static let lines = Mutex<[String]>([])

  /// Silences libav; may be called any number of times.
  static func capture() { installed }

  private static let installed: Void = {
    av_log_set_callback { context, level, format, arguments in
      guard level <= AV_LOG_ERROR, let format, let arguments = maybe(arguments) else { return }
      var line = [CChar](repeating: 0, count: 256)
      var prefix: Int32 = 0
      av_log_format_line2(context, level, format, arguments, &line, Int32(line.count), &prefix)
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      LibavLog.lines.withLock {
        if $0.count == LibavLog.capacity { $0.removeFirst() }
        $0.append(text)
      }
    }
  }()

  /// Takes the errors since the last call.
  static func take() -> [String] {
    lines.withLock { lines in
      defer { lines.removeAll() }
      return lines
    }
  }
}

/// A va_list is an optional pointer on x86-64 and a plain value on arm64: this makes it optional on both.
private func maybe<Value>(_ value: Value?) -> Value? { value }
