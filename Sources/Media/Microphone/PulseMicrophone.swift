internal import CPulse
internal import Files
internal import Signal
internal import Threading

/// A stream of sound from one source of the sound server: 16 kHz mono; owns the connection and the stream.
///
/// The server resamples. The stream does not move to another source (`PA_STREAM_DONT_MOVE`): a session says which
/// microphone it hears, and the server would change it in silence when one is unplugged. So it ends instead, and
/// `MicrophoneKeeper` chooses.
///
/// Stamps rest on the server's timing replies, asked for every 0.1 s: which sample it has written, and how old that is.
/// libpulse's own interpolation between replies (`PA_STREAM_INTERPOLATE_TIMING`) was seen to lie up to 20 ms late and
/// 60 ms early beside it. A record stream is not told of overflows in the server; a jump of the stamps shows them.
final class PulseMicrophone: @unchecked Sendable {
  // @unchecked because what changes changes only with libpulse's lock held, or after its thread has ended.

  enum Report: Sendable {
    case opened(MicrophoneInfo)
    /// Samples, and monotonic nanoseconds when the first one sounded.
    case fragment([Int16], stamp: Int64, loss: AudioLoss)
    case suspended(Bool)
    /// The server answers, but has no such source.
    case missing(MediaError)
    case ended(MediaError)
  }

  private let choice: MicrophoneChoice
  /// Called on libpulse's thread; false if there was no room for the report.
  private let report: @Sendable (Report) -> Bool
  private var connection: PulseConnection!  // because its callbacks need `self`; set once in init
  private var stream: OpaquePointer?
  private var info: MicrophoneInfo?
  private var loss = AudioLoss.none
  /// The newest timing reply: when the sample at a byte index of the stream sounded.
  private var anchor: (time: Int64, index: Int64)?
  private var asked: Int64 = 0

  private static let period: Int64 = 1_000_000_000 / Int64(AudioChunk.rate)
  private static let askEvery: Int64 = 100_000_000

  /// Begins to connect, and does not wait for it.
  init(_ choice: MicrophoneChoice, server: String?, report: @escaping @Sendable (Report) -> Bool) {
    (self.choice, self.report) = (choice, report)
    // Unowned, because `close()` ends the thread that calls before the object goes.
    connection = PulseConnection(
      server: server, sources: { [unowned self] in choose(from: $0) },
      ended: { [unowned self] in _ = self.report(.ended($0)) })
    connection.start()
  }

  deinit { close() }

  /// After it returns nothing is reported. Must not be called from `report`.
  func close() {
    connection.close {
      guard let stream else { return }
      pa_stream_set_state_callback(stream, nil, nil)
      pa_stream_set_read_callback(stream, nil, nil)
      pa_stream_set_suspended_callback(stream, nil, nil)
      pa_stream_set_moved_callback(stream, nil, nil)
      pa_stream_set_latency_update_callback(stream, nil, nil)
      pa_stream_disconnect(stream)
      pa_stream_unref(stream)
      self.stream = nil
    }
  }

  private func choose(from sources: [MicrophoneInfo]) {
    do {
      let source = try choice.pick(from: sources)
      info = source
      open(source)
    } catch let error as MediaError {
      _ = report(.missing(error))
    } catch {
      fatalError("\(error)")  // because `pick` throws nothing else
    }
  }

  private func open(_ source: MicrophoneInfo) {
    // All machines that Mien is built for are little-endian.
    var form = pa_sample_spec(format: PA_SAMPLE_S16LE, rate: UInt32(AudioChunk.rate), channels: 1)
    stream = pa_stream_new(connection.context, "microphone", &form, nil)
    guard let stream else { return fail() }
    pa_stream_set_state_callback(stream, { _, own in PulseMicrophone.from(own).stateChanged() }, own)
    pa_stream_set_read_callback(stream, { _, _, own in PulseMicrophone.from(own).read() }, own)
    pa_stream_set_suspended_callback(stream, { _, own in PulseMicrophone.from(own).suspensionChanged() }, own)
    pa_stream_set_moved_callback(stream, { _, own in PulseMicrophone.from(own).moved() }, own)
    pa_stream_set_latency_update_callback(stream, { _, own in PulseMicrophone.from(own).timed() }, own)
    let unset = UInt32.max
    var buffer = pa_buffer_attr(
      maxlength: unset, tlength: unset, prebuf: unset, minreq: unset, fragsize: UInt32(AudioChunk.rate / 50 * 2))
    let flags = PA_STREAM_ADJUST_LATENCY.rawValue | PA_STREAM_AUTO_TIMING_UPDATE.rawValue | PA_STREAM_DONT_MOVE.rawValue
    if pa_stream_connect_record(stream, source.name, &buffer, pa_stream_flags_t(rawValue: flags)) < 0 { fail() }
  }

  // Unretained, because `close()` ends the thread that uses it before the object goes.
  private var own: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> PulseMicrophone {
    // Non-nil, because it is `own`.
    Unmanaged<PulseMicrophone>.fromOpaque(pointer!).takeUnretainedValue()
  }

  private func fail() {
    let name = info?.name ?? choice.wanted
    connection.end(.pulse("listen to it", code: pa_context_errno(connection.context), path: name))
  }

  private func stateChanged() {
    switch pa_stream_get_state(stream) {
    case PA_STREAM_READY:
      guard let info else { return }
      _ = report(.opened(info))
      if pa_stream_is_suspended(stream) > 0 { _ = report(.suspended(true)) }
    case PA_STREAM_FAILED: fail()
    default: break
    }
  }

  private func suspensionChanged() {
    _ = report(.suspended(pa_stream_is_suspended(stream) > 0))
    // While it was suspended, time went on and the stream's index did not.
    (anchor, loss) = (nil, .unknown)
  }

  private func timed() {
    guard let timing = pa_stream_get_timing_info(stream)?.pointee, timing.write_index_corrupt == 0 else { return }
    let age = Int64(clamping: timing.source_usec) + Int64(clamping: timing.transport_usec)
    anchor = (MonotonicClock.now() - age * 1000, timing.write_index)
  }

  private func askForTiming(_ now: Int64) {
    guard now - asked >= Self.askEvery else { return }
    asked = now
    if let operation = pa_stream_update_timing_info(stream, nil, nil) { pa_operation_unref(operation) }
  }

  /// When the next sample to be read sounded. Whatever waits has sounded by now; before the first reply that is all
  /// that is known.
  private func stamp(_ now: Int64) -> Int64 {
    let latest = now - Int64(pa_stream_readable_size(stream) / 2) * Self.period
    guard let anchor, let timing = pa_stream_get_timing_info(stream)?.pointee, timing.read_index_corrupt == 0 else {
      return latest
    }
    return min(anchor.time - (anchor.index - timing.read_index) / 2 * Self.period, latest)
  }

  private func moved() {
    let other = pa_stream_get_device_name(stream).map { String(cString: $0) } ?? "another source"
    connection.end(
      MediaError(
        library: "libpulse", operation: "keep listening to it",
        message: "the sound server moved the stream to \(other)", path: info?.name ?? choice.wanted, kind: .noInput))
  }

  private func read() {
    while pa_stream_readable_size(stream) > 0 {
      var data: UnsafeRawPointer?
      var size = 0
      let now = MonotonicClock.now()
      askForTiming(now)
      let stamp = stamp(now)
      guard pa_stream_peek(stream, &data, &size) == 0 else { return fail() }
      guard size > 0 else { return }
      let count = size / 2
      if let data {
        let samples = Array(UnsafeRawBufferPointer(start: data, count: count * 2).bindMemory(to: Int16.self))
        let taken = report(.fragment(samples, stamp: stamp, loss: loss))
        loss = taken ? .none : .unknown
      } else {
        loss =
          switch loss {
          case .none: .samples(count)
          case .samples(let before): .samples(before + count)
          case .unknown: .unknown
          }
      }
      pa_stream_drop(stream)
    }
  }
}
