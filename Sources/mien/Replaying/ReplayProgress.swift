import MienKit
import Outlets
import Recognition
import Signal

/// How far a recording is, on a terminal.
final class ReplayProgress: StreamOutput {
  let total: Double?
  let isWanted: Bool
  private var bar = ProgressBar()
  private let clock = SteadyClock()
  private let began = SteadyClock().now()
  private var windows = 0
  private var last: Int?

  init(total: Double?, isWanted: Bool) { (self.total, self.isWanted) = (total, isWanted) }

  func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
    guard isWanted, case .result(let result) = event else { return }
    // A window may have several lines.
    if result.sequence != last { windows += 1 }
    last = result.sequence
    let now = clock.now()
    bar.show(now: now) {
      ProgressBar.text(
        seconds: result.end.seconds, total: total, elapsed: Double(now - began) / 1e9, windows: windows, width: $0)
    }
  }

  func clear() { bar.clear() }
}
