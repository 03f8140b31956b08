internal import CPulse

/// A connection to the sound server: libpulse's thread and its context, which it frees.
///
/// Once connected it asks for the sources. `sources` and `ended` are called on libpulse's thread, with libpulse's lock
/// held; `ended` at most once.
final class PulseConnection: @unchecked Sendable {
  // @unchecked because what changes changes only with libpulse's lock held, or after its thread has ended.

  private let server: String?
  private let sources: @Sendable ([MicrophoneInfo]) -> Void
  private let ended: @Sendable (MediaError) -> Void
  private let loop: OpaquePointer
  /// What libpulse calls a context; only with its lock held.
  private(set) var context: OpaquePointer?
  private var isOver = false
  private var isClosed = false
  private var found: [MicrophoneInfo] = []
  private var chosen = ""

  init(
    server: String?, sources: @escaping @Sendable ([MicrophoneInfo]) -> Void,
    ended: @escaping @Sendable (MediaError) -> Void
  ) {
    (self.server, self.sources, self.ended) = (server, sources, ended)
    guard let loop = pa_threaded_mainloop_new() else { fatalError("out of memory") }
    pa_threaded_mainloop_set_name(loop, "pulse")
    self.loop = loop
  }

  deinit { close() }

  /// Does not wait; the result comes by callback.
  func start() {
    locked {
      context = pa_context_new(pa_threaded_mainloop_get_api(loop), "mien")
      pa_context_set_state_callback(context, { _, own in PulseConnection.from(own).stateChanged() }, own)
      // Never started by us: a server of another configuration than the user's would be worse than none.
      if pa_context_connect(context, server, PA_CONTEXT_NOAUTOSPAWN, nil) < 0 {
        end(.pulse("reach the sound server", code: pa_context_errno(context)))
      } else if pa_threaded_mainloop_start(loop) < 0 {
        end(.pulse("start libpulse's thread", code: Int32(PA_ERR_INTERNAL.rawValue)))
      }
    }
  }

  /// Ends libpulse's thread; after it returns there is no callback. Must not be called from a callback.
  /// - Parameter first: with the lock held, before the context goes.
  func close(_ first: () -> Void = {}) {
    guard !isClosed else { return }
    isClosed = true
    locked {
      isOver = true
      first()
      if let context {
        pa_context_set_state_callback(context, nil, nil)
        pa_context_disconnect(context)
        pa_context_unref(context)
      }
      context = nil
    }
    pa_threaded_mainloop_stop(loop)
    pa_threaded_mainloop_free(loop)
  }

  /// Only with the lock held.
  func end(_ error: MediaError) {
    guard !isOver else { return }
    isOver = true
    ended(error)
  }

  private func locked(_ body: () -> Void) {
    pa_threaded_mainloop_lock(loop)
    defer { pa_threaded_mainloop_unlock(loop) }
    body()
  }

  // Unretained, because `close()` ends the thread that uses it before the object goes.
  private var own: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> PulseConnection {
    // Non-nil, because it is `own`.
    Unmanaged<PulseConnection>.fromOpaque(pointer!).takeUnretainedValue()
  }

  private func stateChanged() {
    switch pa_context_get_state(context) {
    case PA_CONTEXT_READY: askForDefault()
    case PA_CONTEXT_FAILED: end(.pulse("reach the sound server", code: pa_context_errno(context)))
    default: break
    }
  }

  private func askForDefault() {
    let operation = pa_context_get_server_info(
      context,
      { _, info, own in
        let connection = PulseConnection.from(own)
        connection.chosen = (info?.pointee.default_source_name).map { String(cString: $0) } ?? ""
        connection.askForSources()
      }, own)
    keep(operation)
  }

  private func askForSources() {
    found = []
    let operation = pa_context_get_source_info_list(
      context,
      { _, info, last, own in
        let connection = PulseConnection.from(own)
        if let info {
          connection.found.append(MicrophoneInfo(info.pointee, default: connection.chosen))
        } else if last > 0 {
          if !connection.isOver { connection.sources(connection.found) }
        } else {
          connection.end(.pulse("ask for the sources", code: pa_context_errno(connection.context)))
        }
      }, own)
    keep(operation)
  }

  private func keep(_ operation: OpaquePointer?) {
    guard let operation else { return end(.pulse("ask the sound server", code: pa_context_errno(context))) }
    pa_operation_unref(operation)
  }
}

extension MicrophoneInfo {
  fileprivate init(_ info: pa_source_info, default chosen: String) {
    let name = info.name.map { String(cString: $0) } ?? ""
    self.init(
      name: name, description: info.description.map { String(cString: $0) } ?? name, rate: Int(info.sample_spec.rate),
      channels: Int(info.sample_spec.channels),
      // PA_INVALID_INDEX, a macro with a cast.
      isMonitor: info.monitor_of_sink != .max, isDefault: name == chosen)
  }
}
