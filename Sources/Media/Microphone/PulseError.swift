internal import CPulse
internal import Files

extension MediaError {
  /// From one of libpulse's codes, with the remedy where there is one.
  static func pulse(_ operation: String, code: Int32, path: String = "microphone") -> MediaError {
    let said = String(cString: pa_strerror(code))
    let absent = [PA_ERR_CONNECTIONREFUSED, PA_ERR_INVALIDSERVER, PA_ERR_NOTSUPPORTED].map { Int32($0.rawValue) }
    let refused = [PA_ERR_ACCESS, PA_ERR_AUTHKEY].map { Int32($0.rawValue) }
    var (message, kind) = (said, FailureKind.noInput)
    if absent.contains(code) {
      message +=
        "; no sound server answers: start one (pulseaudio --start, or PipeWire's pipewire-pulse), or set PULSE_SERVER"
    } else if refused.contains(code) {
      message +=
        "; the sound server refuses this user: run as the user it belongs to, or use its cookie (PULSE_COOKIE)"
      kind = .noPermission
    } else if code == Int32(PA_ERR_KILLED.rawValue) {
      message += "; it was unplugged or removed"
    }
    return MediaError(
      library: "libpulse", operation: operation, code: Int(code), message: message, path: path, kind: kind)
  }

  static func silentServer(_ operation: String, path: String = "microphone") -> MediaError {
    MediaError(
      library: "libpulse", operation: operation, code: Int(PA_ERR_TIMEOUT.rawValue),
      message:
        "the sound server does not answer; restart it (pulseaudio -k, or systemctl --user restart pipewire-pulse)",
      path: path, kind: .noInput)
  }
}
