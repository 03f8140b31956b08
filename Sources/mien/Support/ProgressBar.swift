import Glibc

/// How far a recording is, drawn over one line of a terminal.
///
/// The text is a pure function; only `show` and `clear` touch the terminal. Colour stands on nothing but its absence: the
/// bar has none, so NO_COLOR holds.
struct ProgressBar {
  private var shownAt: Int64 = 0
  private var isShown = false

  /// Shown only where stderr is a terminal and results go elsewhere.
  static var isWanted: Bool { isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0 }

  /// `12.3 of 60.0 s [#####-----] 4.2× real time, 3 windows a second`, cut to the width.
  /// - Parameters:
  ///   - total: nil where the recording does not say how long it is; then there is no bar.
  static func text(seconds: Double, total: Double?, elapsed: Double, windows: Int, width: Int) -> String {
    let speed = elapsed > 0 ? seconds / elapsed : 0
    let rate = elapsed > 0 ? Double(windows) / elapsed : 0
    let left = total.map { "\(tenths(seconds)) of \(tenths($0)) s" } ?? "\(tenths(seconds)) s"
    let right = "\(tenths(speed))× real time, \(tenths(rate)) windows a second"
    var line = "\(left)  \(right)"
    let room = width - line.count - 4
    if let total, total > 0, room >= 10 {
      let cells = min(room, 40)
      let done = min(cells, max(0, Int(Double(cells) * seconds / total)))
      let bar = String(repeating: "#", count: done) + String(repeating: "-", count: cells - done)
      line = "\(left) [\(bar)] \(right)"
    }
    return String(line.prefix(max(0, width - 1)))
  }

  private static func tenths(_ value: Double) -> String {
    let all = Int((min(max(value, 0), 1e12) * 10).rounded())
    return "\(all / 10).\(all % 10)"
  }

  /// At most ten times a second.
  mutating func show(now: Int64, _ text: (_ width: Int) -> String) {
    guard now - shownAt >= 100_000_000 else { return }
    (shownAt, isShown) = (now, true)
    put("\r" + text(Self.width) + "\u{1b}[K")
  }

  mutating func clear() {
    if isShown { put("\r\u{1b}[K") }
    isShown = false
  }

  private func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }

  private static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}
