import Carriers
import Glibc
import Outlets
import Recognition

/// Where a live stream goes: stdout as lines or as a meter, sockets, and the session's own record of it.
///
/// `receive` never waits, whatever the readers do.
final class LiveOutputs: Sendable {
  private let writer: LineWriter?
  private let meter: MeterTerminal?
  private let broadcaster: Broadcaster?
  private let formatter: Guarded<StreamFormatter>
  private let record: @Sendable (String) -> Void

  /// - Parameters:
  ///   - format: nil: a meter is drawn, where the terminal can.
  ///   - record: gets every line as JSON.
  init(format: StreamFormat?, broadcaster: Broadcaster?, record: @escaping @Sendable (String) -> Void) {
    let environment = processEnvironment()
    meter = format == nil ? MeterTerminal(descriptor: STDOUT_FILENO, environment: environment) : nil
    let format = format ?? .jsonl
    writer = meter == nil ? LineWriter(descriptor: STDOUT_FILENO, note: { Self.note($0, format) }) : nil
    formatter = Guarded(StreamFormatter(format))
    (self.broadcaster, self.record) = (broadcaster, record)
  }

  private static func note(_ status: StreamStatus, _ format: StreamFormat) -> String? {
    format == .jsonl ? StreamEvent.status(status).json.text + "\n" : nil
  }

  func receive(_ event: StreamEvent) {
    let line = StreamLine(event)
    record(event.json.text)
    broadcaster?.send(line)
    meter?.receive(event)
    if let writer, let text = formatter.withLock({ $0.text(for: event) }) {
      writer.write(StreamLine(text, start: event.start, isHeader: event.isHeader))
    }
  }

  func show(_ gauges: Meter.Gauges) { meter?.show(gauges) }

  /// Nobody reads stdout any more, or it cannot be written.
  var closing: LineWriter.Closing? { writer?.closing }

  /// Gives readers a moment to take what waits.
  /// - Throws: `OutputError` if stdout could not be written.
  func finish() throws {
    broadcaster?.finish(within: 1)
    meter?.finish()
    let isWhole = writer?.finish(within: 2) ?? true
    switch writer?.closing {
    case .readerGone: throw OutputError.closedPipe
    case .failed(let code): throw OutputError.failed(path: "standard output", operation: "write", code: code)
    case nil: break
    }
    if !isWhole { throw OutputError.failed(path: "standard output", operation: "write", code: ETIMEDOUT) }
  }
}
