import Files
import Glibc
import MienKit
import Outlets
import Recognition
import Threading

/// Where a live stream goes: stdout as lines or as a meter, and whatever else takes its lines.
struct LiveOutputs: Sendable {
  private let stdout: StreamWriter?
  private let meter: MeterTerminal?
  /// In the order in which they get an event.
  let all: [any LiveOutput]

  /// - Parameters:
  ///   - format: nil: a meter is drawn, where the terminal can.
  ///   - others: get every line before stdout does, in this order.
  init(format: StreamFormat?, others: [any LiveOutput]) {
    meter = format == nil ? MeterTerminal(descriptor: STDOUT_FILENO, environment: processEnvironment()) : nil
    stdout = meter == nil ? StreamWriter(descriptor: STDOUT_FILENO, format: format ?? .jsonl) : nil
    let shown: [(any LiveOutput)?] = [meter, stdout]
    all = others + shown.compactMap { $0 }
  }

  func show(_ gauges: Meter.Gauges) { meter?.show(gauges) }

  /// Nobody reads stdout any more, or it cannot be written.
  var closing: LineWriter.Closing? { stdout?.closing }

  /// Gives readers a moment to take what waits.
  /// - Throws: `OutputError` if stdout could not be written, or what another output throws first.
  func finish() throws {
    var first: (any Error)?
    for output in all { do { try output.finish() } catch { first = first ?? error } }
    guard let first else { return }
    guard let failure = first as? StreamWriter.Failure else { throw first }
    switch failure {
    case .closing(.readerGone): throw OutputError.closedPipe
    case .closing(.failed(let code)): throw OutputError.failed(path: "standard output", operation: "write", code: code)
    case .late: throw OutputError.failed(path: "standard output", operation: "write", code: ETIMEDOUT)
    }
  }
}
